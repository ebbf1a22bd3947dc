"""The input fields of the SDXL model, as strict as the published predictor."""

from typing import Any

VERSIONS = frozenset({
    "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",
})  # fmt: skip
INTEGERS = {
    "width": (64, 2048), "height": (64, 2048), "num_outputs": (1, 4), "num_inference_steps": (1, 500), "seed": (0,
    2**32 - 1), "refine_steps": (1, 500),
}  # fmt: skip
NUMBERS = {
    "guidance_scale": (1.0, 50.0),
    "prompt_strength": (0.0, 1.0),
    "high_noise_frac": (0.0, 1.0),
    "lora_scale": (0.0, 1.0),
}
TEXTS = frozenset({"prompt", "negative_prompt", "image", "mask", "replicate_weights"})
FLAGS = frozenset({"apply_watermark", "disable_safety_checker"})
CHOICES = {
    "scheduler": ("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"),
    "refine": ("no_refiner", "expert_ensemble_refiner", "base_image_refiner"),
}  # fmt: skip


def complaints(given: Any) -> list[str]:
    """Empty when the input is valid."""
    if not isinstance(given, dict):
        return ["- input: Invalid type. Expected: object"]
    return [f"- input.{name}: {wrong}" for name, value in given.items() if (wrong := _wrong(name, value))]


def _wrong(name: str, value: Any) -> str:
    if name in INTEGERS:
        low, high = INTEGERS[name]
        if not isinstance(value, int) or isinstance(value, bool):
            return f"Invalid type. Expected: integer, given: {type(value).__name__}"
        return "" if low <= value <= high else f"Must be between {low} and {high}"
    if name in NUMBERS:
        least, most = NUMBERS[name]
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return f"Invalid type. Expected: number, given: {type(value).__name__}"
        return "" if least <= value <= most else f"Must be between {least} and {most}"
    if name in TEXTS:
        return "" if isinstance(value, str) else f"Invalid type. Expected: string, given: {type(value).__name__}"
    if name in FLAGS:
        return "" if isinstance(value, bool) else f"Invalid type. Expected: boolean, given: {type(value).__name__}"
    if name in CHOICES:
        return "" if value in CHOICES[name] else f"Must be one of {', '.join(CHOICES[name])}"
    return f"Additional property {name} is not allowed"
