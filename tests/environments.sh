#!/usr/bin/env bash
# The course in an environment made from nothing: lessons 00 to 09 with their texts compared, and unit tests.
#   lowest   the lowest versions that the course is made for: tests/environments/lowest.txt
#   newest   what requirements.txt allows, resolved anew; --newest-torch also lifts its pin of torch
#   colab    what Colab has: tests/environments/colab.txt. No course is installed: each lesson begins in an empty folder
#            and fetches the course as on Colab, from a repository on this computer. --without-anywidget takes that away
# --python 3.13 chooses another Python than the usual one of the three, --jobs 2 runs two lessons at once, --keep FOLDER
# keeps the environment there, and goes on with the one that is there already.
# Ends with a table, and with 1 if anything failed. PIP_EXTRA_INDEX_URL can name the index of the small builds of torch.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly usage="usage: tests/environments.sh lowest|newest|colab [--python 3.12] [--jobs N] [--keep FOLDER] \
[--newest-torch] [--without-anywidget]"

name=${1:-} pythons=() jobs=1 keep= newest_torch= without=()
shift || true
while (($#)); do
  case $1 in
    --python) pythons=("${2:?$usage}"); shift ;;
    --jobs) jobs=${2:?$usage}; shift ;;
    --keep) mkdir -p "${2:?$usage}" && keep=$(cd "$2" && pwd); shift ;;
    --newest-torch) newest_torch=yes ;;
    --without-anywidget) without=(--without-anywidget) ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
  shift
done
case $name in
  lowest) ((${#pythons[@]})) || pythons=(3.11) ;;
  newest) ((${#pythons[@]})) || pythons=(3.13 3.12 3.11) ;;
  colab) ((${#pythons[@]})) || pythons=(3.12 3.13 3.11) ;;
  *) echo "$usage" >&2; exit 2 ;;
esac
if [[ -n $newest_torch && $name != newest || -n ${without[*]-} && $name != colab ]]; then
  echo "--newest-torch belongs to newest, --without-anywidget to colab" >&2
  exit 2
fi

find_python() { # the first of these versions that is here, on the PATH or with pyenv
  local version candidate
  for version; do
    for candidate in "$(command -v "python$version" || true)" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version"*/bin/python; do
      if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$candidate"
        return
      fi
    done
  done
  echo "none of these versions of Python is here: $*" >&2
  return 1
}

# Tests of what the lessons compute and show. Left out, for time: the experiments run anew, every exercise under two
# hundred hostile answers, the browser; and, since only makers of the course use them, the tools around the lessons.
mathematics=(tests/test_{attention,plain_attention,efficient,cost,estimates,generation,interpretability,mixing,pooling}.py
  tests/test_{positions,relations,reproducibility,spectrogram,layers,transformer_block,training,speed,judging}.py
  tests/test_{recall_models,translation_models,language_model,vision_transformer,sentence_encoder}.py)
data=(tests/test_{data_files,ambiguous_words,delayed_recall,digits,explanation,find_digit,induction,key_value_recall}.py
  tests/test_{keyword,natural_senses,number_words,patches,pictures,retrieval,senses,spoken_words,stories,vocabulary}.py)
widgets=(tests/test_widgets*.py tests/test_attention_explorer*.py tests/test_{player,plotting,progress,quiz_form}.py)
exercises=(tests/test_exercises_{audio,cost,multi_head,pretrained,recurrence,self_attention,transformer}.py
  tests/test_exercises_{translation,vision,outside}.py tests/test_environment.py)

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python=$(find_python "${pythons[@]}")
begun=$SECONDS
environment=${keep:-$place/venv}
[[ -x $environment/bin/python ]] || "$python" -m venv "$environment"
. "$environment/bin/activate"
install() { pip install --quiet --no-compile --disable-pip-version-check "$@"; }
testing=(pytest pytest-xdist hypothesis -c requirements-dev.txt)
case $name in
  lowest) install -r tests/environments/lowest.txt -e . "${testing[@]}" ;;
  newest)
    sed "${newest_torch:+s/^torch==[^ ]*/torch/}" requirements.txt >"$place/requirements.txt"
    install --upgrade --upgrade-strategy eager -r "$place/requirements.txt" "${testing[@]}"
    ;;
  colab)
    install -r tests/environments/colab.txt nbval -c tests/environments/colab.txt
    ((${#without[@]})) && pip uninstall --quiet --yes anywidget
    ;;
esac
printf '%s: Python %s, made in %d s\n' "$name" "$(python -c 'import platform; print(platform.python_version())')" \
  $((SECONDS - begun))
pip list --format freeze | grep -iE '^(torch|numpy|matplotlib|scikit-learn|scipy|pillow|jupyterlab|ipywidgets|jupyterlab.widgets|anywidget|ipykernel|ipython|nbval)=' |
  paste -sd ' ' -

failed=0
export OMP_NUM_THREADS=1
lessons=(notebooks/0[0-9]_*.ipynb)
if [[ $name == colab ]]; then
  # A repository with the course as it stands here, at its tag, under an address that leads to this computer.
  mkdir "$place/course"
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --create | tar --extract --directory "$place/course"
  export GIT_CONFIG_GLOBAL="$place/gitconfig" GIT_CONFIG_SYSTEM=/dev/null
  readonly address=example/attention-measured
  (
    cd "$place/course"
    python -m course_utils set-address "$address"
    git config --global user.name nobody
    git config --global user.email nobody@example.org
    git config --global init.defaultBranch main
    git config --global "url.file://$place/course.insteadOf" "https://github.com/$address"
    git init --quiet
    git add --all
    git commit --quiet --message "the course"
    git tag "v$(python -c 'import course_utils; print(course_utils.__version__)')"
  )
  # A kernel that has imported google.colab, as Colab's has.
  export IPYTHONDIR="$place/ipython" COLAB_RELEASE_TAG=stand-in
  mkdir -p "$IPYTHONDIR/profile_default/startup"
  cp tests/environments/colab.py "$IPYTHONDIR/profile_default/startup/00-colab.py"
  lessons=("${lessons[@]/#/$place/course/}")
  cd "$place"
  python "$place/course/tests/environments/lessons.py" --jobs "$jobs" --apart ${without[@]+"${without[@]}"} "${lessons[@]}" || failed=1
else
  export PYTHONPATH=$PWD
  python tests/environments/lessons.py --jobs "$jobs" "${lessons[@]}" || failed=1
  begun=$SECONDS
  pytest -o addopts= -p no:cacheprovider -n "$jobs" --dist loadfile -q --disable-warnings \
    "${mathematics[@]}" "${data[@]}" "${widgets[@]}" "${exercises[@]}" || failed=1
  echo "unit tests: $((SECONDS - begun)) s"
fi
exit $failed
