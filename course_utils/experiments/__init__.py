"""The measured runs behind the lessons: ``python -m course_utils.experiments list``.

Each module has ``run(seed) -> dict`` of metrics, and the functions that a lesson uses to train the
same model live.
"""

NAMES = (
    "attention_cost",
    "cost_recall",
    "cost_recall_controls",
    "explanation",
    "find_digit",
    "find_digit_controls",
    "find_digit_variants",
    "gradients",
    "induction",
    "keyword",
    "keyword_self_attention",
    "kv_cache",
    "norm_placement",
    "positions",
    "pretrained",
    "probe",
    "recall",
    "recall_longer",
    "retrieval",
    "scaling",
    "senses",
    "stories",
    "textures",
    "translation",
    "translation_variants",
    "two_jobs",
    "two_jobs_variants",
    "vit_digits",
)
