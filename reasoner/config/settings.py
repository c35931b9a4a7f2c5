"""Every setting with its default. Presets override some, the environment and the command line override those."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from reasoner.config.renamed import upgraded
from reasoner.types.search import SearcherName
from reasoner.types.section import Section

MOST_UPDATES = 100_000_000
MOST_ITEMS = 1_000_000
"""Problems, calls and tokens; more is a slip of the finger."""

DEFAULT_TASK = "math"
GENERATED = "generated"
"""In place of a file of problems: they are drawn."""

SCRATCH = "scratch"
"""A part that is trained from fresh weights."""


Approval = Literal["auto", "fast_auto", "human"]
"""Who lets a champion change: the gate alone; the gate, and a person where base weights change; a person always."""


class TaskSettings(Section):
    """What is to be learnt."""

    name: str = Field(
        default=DEFAULT_TASK,
        description="a known task (`reasoner tasks list`), or a domain of your own: `path/to/file.py:Name`",
    )
    rows: str = Field(
        default=GENERATED, description="`generated`, or a file of problems in a form of docs/data-format.md"
    )

    @property
    def is_drawn(self) -> bool:
        """Whether the domain draws its problems; else they are rows of a file."""
        return self.rows == GENERATED


class DataSettings(Section):
    """How many problems, how hard, and how they are split."""

    difficulties: tuple[int, ...] = Field(
        default=(1, 2, 3, 4), min_length=1, max_length=64, description="steps of practice, gate and sealed problems"
    )
    base_difficulties: tuple[int, ...] = Field(
        default=(1, 2), min_length=1, max_length=64, description="steps that cycle 0's student is trained on"
    )
    practice_size: int = Field(default=1000, ge=20, le=MOST_ITEMS, description="practice problems attempted each cycle")
    gate_size: int = Field(default=600, ge=50, le=MOST_ITEMS, description="fresh problems of each gate set")
    sealed_size: int = Field(default=600, ge=50, le=MOST_ITEMS, description="sealed problems, the same in all cycles")


class StudentSettings(Section):
    """Shape of the student."""

    kind: str = Field(
        default="latent",
        min_length=1,
        description="`latent`, `encoder` (labels), `language`, or one that a package adds",
    )
    model: str = Field(
        default="",
        min_length=0,
        description="what a student of another kind stands on: `minilm`, a folder or a hub name",
    )
    start: str = Field(default="scratch", description="`scratch`, `champion`, or a checkpoint id to begin from")
    width: int = Field(default=96, ge=16, le=16_384, multiple_of=4)
    heads: int = Field(default=4, ge=1, le=256)
    step_heads: int = Field(
        default=2, ge=1, le=256, description="heads of step encoder and decoder, whose sequences are short"
    )
    slots: int = Field(default=4, ge=1, le=32, description="latent slots per step")
    slot_words: bool = Field(
        default=False, description="slot k begins as the k-th word or whole number of the step, not as a learnt query"
    )
    speller: bool = Field(default=False, description="in training, all tokens of a step are also read off its slots")
    anchor: bool = Field(
        default=False, description="in training, a frozen random encoding of the step is predicted too"
    )
    one_space: bool = Field(
        default=False, description="fresh parts begin with looking up and copying words in one space of embeddings"
    )
    attention_norm: bool = Field(default=True, description="unit variance of queries and keys in all attention")
    predictor_passes: int = Field(default=1, ge=1, le=8, description="times the predictor's blocks refine their output")
    question_layers: int = Field(default=2, ge=1, le=128)
    step_layers: int = Field(default=1, ge=1, le=128)
    predictor_layers: int = Field(default=3, ge=1, le=128)
    decoder_layers: int = Field(default=2, ge=1, le=128)
    max_steps: int = Field(default=10, ge=2, le=256, description="steps it can think, the end step included")
    max_step_tokens: int = Field(default=24, ge=8, le=4096)
    max_question_tokens: int = Field(default=256, ge=32, le=65_536)
    question_vocabulary: int = Field(default=1024, ge=128, le=MOST_ITEMS)
    question_text: Literal["pieces", "lines", "sentences"] = Field(
        default="pieces",
        description="what one token of a question is: a piece of a word, the same with its place in its line "
        "(programs), or a sentence in no order",
    )
    step_text: Literal["characters", "words"] = Field(
        default="characters", description="what one token of a step is; both are learnt from the training steps"
    )
    digits: Literal["least_first", "most_first"] = "least_first"
    question_encoder: str = Field(
        default=SCRATCH,
        min_length=1,
        description="`scratch`, `minilm`, or a Hugging Face encoder: a folder or hub name",
    )
    step_encoder: str = Field(default=SCRATCH, min_length=1, description="the same for steps")
    backbone_training: Literal["frozen", "tuned"] = Field(
        default="frozen", description="whether pretrained encoders are trained; frozen ones read each text only once"
    )
    predictor: Literal["transformer", "mlp"] = Field(
        default="transformer", description="`mlp` sees the question's mean and the step before, nothing else"
    )
    latent_variable: int = Field(
        default=0, ge=0, le=256, description="numbers of z, which says in training what no context can tell; 0 is off"
    )
    decoder: str = Field(
        default=SCRATCH, min_length=1, description="`scratch`, or a Hugging Face causal language model: folder or name"
    )
    lora_rank: int = Field(
        default=0, ge=0, le=256, description="of the low-rank additions to that language model; 0 trains all of it"
    )
    mode: Literal["talk", "think"] = "talk"


class EncoderSettings(Section):
    """A student of the kind `encoder`: a frozen encoder with a head for labels."""

    rows_per_label: int = Field(
        default=0, ge=0, le=MOST_ITEMS, description="worked practice rows of each label for the base; 0: all of them"
    )
    penalty: float = Field(
        default=0.03, gt=0, le=1e6, description="holds the head's weights down; more for few or doubtful rows"
    )
    sure: float = Field(
        default=0.0, ge=0, lt=1, description="`solve` doubts an answer whose calibrated chance is less than this"
    )


class LanguageSettings(Section):
    """A student of the kind `language`: a causal language model, `student.model`, fine-tuned on worked solutions."""

    lora_rank: int = Field(
        default=16, ge=0, le=1024, description="of the additions to all linear maps; 0: all weights are trained"
    )
    lora_alpha: int = Field(default=32, ge=1, le=4096, description="additions are scaled by alpha / rank")
    learning_rate: float = Field(default=2e-4, gt=0, le=0.1, description="AdamW's highest; 1e-5 for all weights")
    epochs: float = Field(default=2.0, gt=0, le=10_000, description="passes of a candidate over its rows")
    base_updates: int = Field(
        default=0, ge=0, le=MOST_UPDATES, description="on base problems before cycle 1; 0: the model as it is"
    )
    batch_size: int = Field(default=8, ge=1, le=65_536)
    accumulate: int = Field(default=1, ge=1, le=65_536, description="batches whose gradients make one update")
    recompute: bool = Field(
        default=False, description="activations are computed again on the way back: less memory, a third slower"
    )
    max_prompt_tokens: int = Field(
        default=512, ge=16, le=MOST_ITEMS, description="of a question; a longer one loses its beginning, or teaches not"
    )
    max_new_tokens: int = Field(default=256, ge=1, le=MOST_ITEMS, description="of a solution with its end")
    template: Literal["auto", "chat", "plain"] = Field(
        default="auto", description="how a question is put; auto: the tokenizer's chat template, if it has one"
    )
    instruction: str = Field(default="", min_length=0, max_length=20_000, description="text before every question")
    answer_by: Literal["auto", "write", "score"] = Field(
        default="auto",
        description="write, or score the answers that there are; auto: scores where these are few",
    )
    score_by: Literal["sum", "mean"] = Field(
        default="sum", description="of the tokens' log-probabilities: their sum, or their mean for answers unlike long"
    )
    objective: Literal["sft", "dpo"] = Field(
        default="sft", description="what a candidate learns: right solutions, or also right against its wrong ones"
    )
    dpo_beta: float = Field(default=0.1, gt=0, le=100, description="how little it may leave what it began as")
    dpo_sft: float = Field(default=1.0, ge=0, le=1000, description="weight of the right solutions by themselves")
    replay_share: float = Field(default=0.2, ge=0, lt=1, description="share of base problems in a candidate's batches")
    checkpoint_every: int = Field(
        default=50, ge=1, le=MOST_UPDATES, description="updates between resumable training states"
    )
    kl_budget: float = Field(
        default=0.0, ge=0, le=1000, description="most KL in nats a token from what it began as; 0: any"
    )


class TrainSettings(Section):
    """How the student learns."""

    base_updates: int = Field(
        default=600, ge=2, le=MOST_UPDATES, description="updates of cycle 0's student, all stages together"
    )
    decoder_updates: int = Field(
        default=50, ge=0, le=MOST_UPDATES, description="first of them: step encoder and decoder alone"
    )
    predictor_updates: int = Field(
        default=20, ge=0, le=MOST_UPDATES, description="next of them: predictor alone, on fixed latents"
    )
    curriculum_updates: int = Field(
        default=0, ge=0, le=MOST_UPDATES, description="first of them: the easiest base difficulty only"
    )
    parent: Literal["base", "champion"] = Field(default="champion", description="what a candidate is fine-tuned from")
    finetune_updates: int = Field(default=180, ge=1, le=MOST_UPDATES, description="most updates of a candidate")
    finetune_epochs: float = Field(
        default=3.0, gt=0, le=10_000, description="most passes of a candidate over its examples"
    )
    finetune_stage: Literal["joint", "predictor", "decoder"] = Field(
        default="joint", description="what a candidate's updates train; as the stages of a base, one of them alone"
    )
    finetune_share: float = Field(default=0.7, gt=0, le=1, description="share of both learning rates in fine-tuning")
    adapter_rank: int = Field(
        default=0, ge=0, le=256, description="a candidate is its core and additions of this rank; 0: all weights learn"
    )
    kl_budget: float = Field(
        default=0.1, gt=0, le=1000, description="most that additions may change, KL in nats a token from the parent"
    )
    merge_after: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="promoted additions after which to merge them into base weights; 0: never",
    )
    batch_size: int = Field(default=64, ge=2, le=65_536)
    learning_rate: float = Field(default=1.5e-3, gt=0, le=0.1, description="AdamW: embeddings, norms, heads")
    muon_rate: float = Field(default=0.02, gt=0, le=0.2, description="Muon: matrices of the blocks")
    original_share: float = Field(default=0.2, ge=0, lt=1, description="share of base problems in its batches")
    min_round_trip: float = Field(default=0.95, ge=0, le=1, description="decode(encode(step)) below it fails")
    accumulate: int = Field(default=1, ge=1, le=65_536, description="batches whose gradients make one update")
    checkpoint_every: int = Field(
        default=50, ge=1, le=MOST_UPDATES, description="updates between resumable training states"
    )
    checkpoint_minutes: float = Field(
        default=5.0, gt=0, le=100_000, description="a state is also saved when the last is this old"
    )


class LossSettings(Section):
    """What training minimises, beside the decoder's cross-entropy on predicted slots, which has weight 1."""

    latent: Literal["smooth_l1", "l2", "cosine"] = Field(
        default="smooth_l1", description="distance from predicted to target slots"
    )
    latent_weight: float = Field(default=1.0, ge=0, le=1000)
    autoencode_weight: float = Field(
        default=0.25, ge=0, le=1000, description="decoder's cross-entropy on a step's own slots"
    )
    autoencode_share: float = Field(default=0.25, gt=0, le=1, description="share of steps that are also auto-encoded")
    variance_weight: float = Field(
        default=0.1, ge=0, le=1000, description="VICReg's hinge on the std of slot dimensions"
    )
    covariance_weight: float = Field(default=0.0, ge=0, le=1000, description="VICReg's off-diagonal covariance")
    sigreg_weight: float = Field(
        default=0.0, ge=0, le=1000, description="LeJEPA's distance of slots from a normal distribution"
    )
    contrastive_weight: float = Field(
        default=0.0, ge=0, le=1000, description="InfoNCE of predicted slots among a batch's targets"
    )
    latent_variable_weight: float = Field(
        default=0.1, ge=0, le=1000, description="divergence of z from N(0, 1), where student.latent_variable is not 0"
    )
    spell_weight: float = Field(
        default=0.3, ge=0, le=1000, description="cross-entropy of the speller, where there is one"
    )
    anchor_weight: float = Field(
        default=2.0, ge=0, le=1000, description="distance from the frozen random encoding, where student.anchor is true"
    )
    pass_weight: float = Field(
        default=0.0, ge=0, le=1000, description="predictor's earlier passes, each judged by latent distance and speller"
    )
    own_latents: float = Field(
        default=0.0, ge=0, le=1, description="share of problems whose earlier steps are the predictor's own latents"
    )
    own_latents_from: float = Field(
        default=0.4, ge=0, le=1, description="share of training after which that begins; at once in fine-tuning"
    )
    token_dropout: float = Field(
        default=0.0, ge=0, lt=1, description="share of the decoder's input tokens hidden, so that slots must carry them"
    )


class TeacherSettings(Section):
    """Who teaches and within which limits."""

    model: str = Field(
        default="builtin/expert", description="any litellm model string, or `none` to learn from own checked answers"
    )
    api_base: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+\S*$",
        description="address of a server, such as `http://127.0.0.1:8000/v1`",
    )
    api_key: str | None = Field(default=None, description="rather set the provider's own environment variable")
    calls: int = Field(default=120, ge=0, le=MOST_ITEMS, description="teacher calls each cycle")
    confirmations: int = Field(
        default=60, ge=0, le=MOST_ITEMS, description="calls each cycle for new problems that only samples can confirm"
    )
    problems_per_call: int = Field(default=20, ge=0, le=64)
    error_rate: float = Field(
        default=0.05, ge=0, le=1, description="built-in expert only: share of its pieces that it spoils"
    )
    samples: int = Field(default=3, ge=1, le=9, description="samples that must agree where nobody knows the answer")
    concurrency: int = Field(default=8, ge=1, le=64)
    timeout: float = Field(default=60.0, gt=0, le=86_400, description="seconds of one request, from first to last byte")
    retries: int = Field(default=4, ge=0, le=10)
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=4000, ge=64, le=MOST_ITEMS)
    cache: bool = True
    usd_per_million_input: float | None = Field(
        default=None, ge=0, le=1_000_000, description="stated price, where litellm knows none; 0 says that it is free"
    )
    usd_per_million_output: float | None = Field(default=None, ge=0, le=1_000_000)


TeachFrom = Literal["auto", "gold", "teacher", "own"]
Lessons = Literal["gold", "teacher", "own"]


class TeachSettings(Section):
    """What the student learns from."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: TeachFrom = Field(
        default="auto",
        alias="from",
        description="`gold`: the worked solutions of failed practice rows; `teacher`; `own`: the student's own checked "
        "answers; `auto`: the teacher if one is named, else own answers",
    )


class MineSettings(Section):
    """How the teacher's calls are spread."""

    strategy: Literal["failures", "uniform", "uncertain"] = Field(
        default="failures",
        description="what is asked about: what failed, anything, or what the student believes least, right or wrong",
    )
    pick: Literal["draw", "farthest"] = Field(
        default="draw", description="`farthest`: what is least like all that the run has learnt is asked about first"
    )
    clusters_per_skill: int = Field(default=2, ge=1, le=16, description="latent neighbourhoods within a skill")
    search: bool = Field(
        default=False, description="failures are searched first; right solutions teach, the rest is asked about"
    )


class GateSettings(Section):
    """When a candidate becomes champion."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="chance of any false promotion over a whole run")
    test: Literal["exact", "e_process"] = Field(
        default="exact", description="`e_process` asks in blocks and stops once it is sure, `exact` asks all"
    )
    block: int = Field(default=50, ge=1, le=MOST_ITEMS, description="items of a block")
    veto_margin: float = Field(default=0.05, ge=0, lt=1, description="loss in a skill or difficulty that is too much")
    veto_alpha: float = Field(default=0.05, gt=0, lt=0.5)
    watch_cycles: int = Field(
        default=2, ge=0, le=10_000, description="cycles after a promotion in which the former champion is examined too"
    )
    regression_size: int = Field(
        default=100, ge=0, le=MOST_ITEMS, description="failures taught before a promotion that are asked again; 0: none"
    )
    retention: tuple[str, ...] = Field(
        default=(), max_length=64, description="what must not be forgotten: files of rows, task files, `BENCHMARK=PATH`"
    )
    retention_size: int = Field(default=500, ge=1, le=MOST_ITEMS, description="items of each that a gate asks")
    retention_margin: float = Field(default=0.02, ge=0, lt=1, description="loss in one of them that is too much")
    retention_rule: Literal["proven", "noninferior"] = Field(
        default="proven", description="what vetoes: such a loss that is proven, or one that is not excluded"
    )


class LimitSettings(Section):
    """Hard limits of one run; reserved before each call, never exceeded."""

    max_usd: float | None = Field(default=None, ge=0, le=1_000_000_000)
    max_calls: int | None = Field(default=None, ge=0, le=1_000_000_000)
    max_minutes: float | None = Field(default=None, gt=0, le=100_000_000)


class ComputeSettings(Section):
    """The machine."""

    threads: int = Field(
        default=0, ge=0, le=4096, description="0 takes the cores this process may use; a home keeps its first choice"
    )
    device: str = Field(
        default="cpu",
        pattern=r"^(cpu|cuda(:\d+)?)$",
        description="`cpu`, `cuda` (every GPU) or `cuda:<n>`",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto",
        description="of training's forward passes; auto is bfloat16 where the processor has units for it; a home keeps "
        "its first choice",
    )
    compile: bool = Field(
        default=False, description="blocks are compiled on a GPU: minutes at first, for students wide enough to win"
    )
    processes: int = Field(
        default=0, ge=0, le=64, description="that train together, each with a share of a batch; 0 is one for each GPU"
    )
    drawers: int | None = Field(
        default=None,
        ge=0,
        le=64,
        description="processes that draw training problems ahead; unset: none beside a CPU, up to 12 beside a GPU",
    )


class SearchSettings(Section):
    """How a student looks for a solution when it is asked to think harder."""

    searcher: SearcherName = Field(
        default="greedy", description="`sample`: attempts side by side; `beam`: the best partial solutions go on"
    )
    width: int = Field(
        default=4, ge=1, le=64, description="attempts, or partial solutions kept: greedy's, and at least one more"
    )
    candidates: int = Field(default=8, ge=2, le=256, description="latents decoded for each partial solution and step")
    noise: float = Field(default=0.6, gt=0, le=4, description="std of the noise on slots, whose own std is 1")
    temperature: float = Field(default=1.0, gt=0, le=4, description="at which the decoder's tokens are drawn")
    symbolic: bool = Field(default=True, description="the domain says of each step whether it can be true")
    choose: Literal["best", "majority", "weighted", "cluster"] = Field(
        default="best", description="which complete solution is the answer"
    )
    margin: float | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="nats by which another must beat greedy's own, under `best`; unset: the verifier's, else 1",
    )
    verifier: bool = Field(default=True, description="the student's learned verifier judges, where it has one")
    verifier_proposes: bool = Field(
        default=True, description="what the verifier expects, in its own words, is a candidate of each step"
    )
    refine: int = Field(default=0, ge=0, le=16, description="steps down the verifier's energy, each a candidate")
    recall: int = Field(
        default=0,
        ge=0,
        le=16,
        description="remembered solutions whose steps seed a candidate each; 0: the memory is not asked",
    )
    seconds: float | None = Field(
        default=None, gt=0, le=1_000_000, description="of one batch; then greedy's own attempt ends alone"
    )


class VerifierSettings(Section):
    """The learned judge of a student's steps, and its training on the student's own practice attempts."""

    pools: int = Field(
        default=6, ge=1, le=10_000, description="practice pools that its attempts come from, in `reasoner train`"
    )
    candidates: int = Field(
        default=16, ge=2, le=4096, description="latents decoded for each question and step of its attempts"
    )
    updates: int = Field(default=600, ge=1, le=MOST_UPDATES)
    epochs: float = Field(
        default=8.0, gt=0, le=10_000, description="passes over the attempts at most; fewer updates then"
    )
    questions: int = Field(default=64, ge=2, le=65_536, description="solutions of an update")
    claims: int = Field(
        default=16, ge=2, le=4096, description="steps judged of each solution, half of them right if possible"
    )
    learning_rate: float = Field(default=1e-3, gt=0, le=0.1, description="AdamW: embeddings, norms, heads")
    muon_rate: float = Field(default=0.014, gt=0, le=0.2, description="Muon: matrices of the blocks")


class TelemetrySettings(Section):
    """Where a run is told to as spans while it goes on; nowhere unless this or OpenTelemetry's own variable says so."""

    endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s@]+$",
        description="OTLP over HTTP, such as `http://127.0.0.1:4318`; unset: `OTEL_EXPORTER_OTLP_ENDPOINT`, or off",
    )


class TraceSettings(Section):
    """What a run writes down of its nodes, beside its events."""

    on: bool = Field(default=True, description="every node's inputs, outputs, calls and decisions go to `trace.jsonl`")
    latents: int = Field(
        default=256, ge=0, le=4096, description="vectors of one kind that a node keeps at most; 0 keeps none"
    )


class Settings(Section):
    """Everything that can be set."""

    name: str = Field(default="nano", pattern=r"^[a-z0-9_]{1,24}$", description="goes into run ids")
    seed: int = Field(default=0, ge=0, le=2**62)
    approval: Approval = Field(
        default="auto",
        description="who lets champions change: the gate; the gate, and a person for base weights; a person",
    )
    task: TaskSettings = TaskSettings()
    domains: dict[str, dict[str, Any]] = Field(
        default={}, description="settings of the task's own, `domains.NAME.KEY`; those of other domains do not count"
    )
    data: DataSettings = DataSettings()
    student: StudentSettings = StudentSettings()
    encoder: EncoderSettings = EncoderSettings()
    language: LanguageSettings = LanguageSettings()
    train: TrainSettings = TrainSettings()
    loss: LossSettings = LossSettings()
    teacher: TeacherSettings = TeacherSettings()
    teach: TeachSettings = TeachSettings()
    mine: MineSettings = MineSettings()
    search: SearchSettings = SearchSettings()
    verifier: VerifierSettings = VerifierSettings()
    gate: GateSettings = GateSettings()
    limits: LimitSettings = LimitSettings()
    compute: ComputeSettings = ComputeSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    trace: TraceSettings = TraceSettings()

    @model_validator(mode="before")
    @classmethod
    def _under_new_names(cls, given: object) -> object:
        """Runs and jobs that were made before a setting was renamed are read as what they mean."""
        return upgraded(given) if isinstance(given, dict) else given

    @field_validator("task")
    @classmethod
    def _with_its_rows(cls, task: TaskSettings) -> TaskSettings:
        """A task that is made from rows knows which."""
        from reasoner.domains.registry import get_domain
        from reasoner.types.domain import HasRows, power

        owner = power(get_domain(task.name), HasRows)
        return task.model_copy(update={"rows": owner.rows}) if owner and task.is_drawn else task

    @field_validator("data")
    @classmethod
    def _within_the_task(cls, data: DataSettings, info: ValidationInfo) -> DataSettings:
        """Difficulties that nobody has stated are those of the usual ones that the task can draw."""
        from reasoner.domains.powers import drawn_range
        from reasoner.domains.registry import get_domain
        from reasoner.types.domain import Draws, power

        task, options = info.data.get("task"), info.data.get("domains")
        domain = get_domain(task.name) if task is not None else None
        if domain is None or options is None or power(domain, Draws) is None:
            return data
        most = drawn_range(domain, options.get(domain.info.name, {})).max_difficulty
        names = {"difficulties", "base_difficulties"} - data.model_fields_set
        fitting = {name: tuple(d for d in getattr(data, name) if d <= most) for name in names}
        return data.model_copy(update=fitting)

    @field_validator("domains")
    @classmethod
    def _of_the_task(cls, given: dict[str, dict[str, Any]], info: ValidationInfo) -> dict[str, dict[str, Any]]:
        """The options of the task's own domain, complete: what others have changes nothing."""
        from reasoner.domains.registry import get_domain, options_of

        task = info.data.get("task")
        if task is None:  # it is wrong itself, and that will be said
            return given
        domain = get_domain(task.name)
        options = options_of(domain, given.get(domain.info.name, {}))
        return {domain.info.name: options} if options else {}

    @property
    def lessons(self) -> Lessons:
        """Whose solutions are learnt."""
        if self.teach.from_ != "auto":
            return self.teach.from_
        return "teacher" if self.teacher.model != "none" else "own"

    @property
    def learns_from_wrong(self) -> bool:
        """Whether the student's training asks for its wrong attempts beside the right solutions."""
        return self.student.kind == "language" and self.language.objective == "dpo"

    @property
    def asks_for_gold(self) -> bool:
        """Whether gold answers are taken only of `teacher.calls` rows a cycle, right or wrong; else of all failures."""
        return self.lessons == "gold" and self.mine.strategy != "failures"

    @property
    def options(self) -> dict[str, Any]:
        """The settings of the task's own domain."""
        return next(iter(self.domains.values()), {})
