#!/usr/bin/env bash
# The folder that `python -m course_utils offline` makes, tried as a learner would: copied to another place, network cut off,
# installed by the very line that its README.txt says. Then the doctor, a lesson (nbval), and JupyterLab's page.
# tests/offline.sh [lesson ...]: other lessons than 02; `all` for 00-09. $PYTHON, or else python3, has the course's requirements.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! unshare --user --map-root-user --net true 2>/dev/null; then
  echo "skipped: this computer does not let a program cut off its own network (unshare --net)"
  exit 0
fi

lessons=("$@")
((${#lessons[@]})) || lessons=(02)
[[ ${lessons[0]} == all ]] && lessons=(00 01 02 03 04 05 06 07 08 09)

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m course_utils offline --out "$place/stick"
"$python" -m course_utils offline --out "$place/stick"  # the second time, nothing is downloaded
copy="$place/eine Klasse für sich/attention"
mkdir -p "$(dirname "$copy")" "$place/home"
cp -r "$place/stick" "$copy"
rm -rf "$place/stick"

line=$(grep -m 1 -E '^ +python3\..* -m venv ' "$copy/README.txt")
install=${line% && *}
open=${line##* && }
ask=$(grep -m 1 -E '^ +.* doctor$' "$copy/README.txt")
echo "installing without network: $install"

# Nothing of this computer's pip settings, caches or packages may help.
env -i HOME="$place/home" PATH="$(dirname "$("$python" -c 'import sys; print(sys._base_executable)')"):$PATH" LANG=C.UTF-8 \
  OMP_NUM_THREADS=1 COPY="$copy" INSTALL="$install" OPEN="$open" ASK="$ask" LESSONS="${lessons[*]}" PIP_CONFIG_FILE=/dev/null \
  unshare --user --map-root-user --net bash -euo pipefail <<'CUT'
cd "$COPY/course"
ip link set lo up  # a kernel talks to JupyterLab over this computer's own address
if python3 -c 'import socket; socket.create_connection(("1.1.1.1", 443), 3)' 2>/dev/null; then
  echo "the network is not cut off"
  exit 1
fi
SECONDS=0
eval "$INSTALL" >pip.log 2>&1 || { tail pip.log; exit 1; }
echo "installed in $SECONDS s, $(du -sm .venv | cut -f 1) MB"
eval "$ASK"

for lesson in $LESSONS; do
  SECONDS=0
  .venv/bin/python -m pytest -o addopts= -q --disable-warnings --nbval --nbval-current-env \
    --nbval-sanitize-with=tests/nbval_sanitize.cfg --nbval-cell-timeout=300 -p no:cacheprovider notebooks/"$lesson"_*.ipynb | tail -1
  echo "lesson $lesson in $SECONDS s"
done

$OPEN --no-browser --allow-root --port=8765 --IdentityProvider.token=t >lab.log 2>&1 &
lab=$!
trap 'kill $lab' EXIT
.venv/bin/python - <<'PAGE'
import time
import urllib.request

address = "http://127.0.0.1:8765/lab/tree/notebooks/00_start_here.ipynb?token=t"
for _ in range(240):
    try:
        page = urllib.request.urlopen(address, timeout=10).read().decode()
        break
    except OSError:
        time.sleep(0.5)
else:
    raise SystemExit(open("lab.log").read()[-2000:])
assert "jupyter-config-data" in page, page[:500]
script = page.split('src="')[-1].split('"')[0]
assert len(urllib.request.urlopen("http://127.0.0.1:8765" + script, timeout=10).read()) > 1000
print("JupyterLab opens")
PAGE
CUT
echo "the folder works without network"
