"""Which function does which kind of job, where it needs more than `jobs` may import."""

HANDLERS = {"loop": "reasoner.bootstrap.night:run_night"}
"""Kind and `module:function`."""
