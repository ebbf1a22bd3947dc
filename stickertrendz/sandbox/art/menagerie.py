"""The looks of furry and feathered animals, one row each."""

from dataclasses import dataclass

from stickertrendz.sandbox.art.pen import Colour

CREAM: Colour = (255, 240, 216)
WHITE: Colour = (252, 250, 246)
PINK: Colour = (255, 178, 186)
BEAK: Colour = (255, 166, 43)
DARK: Colour = (74, 66, 78)


@dataclass(frozen=True)
class Animal:
    coat: Colour
    light: Colour = CREAM
    ears: str = "round"
    snout: str = "patch"
    tail: str = "none"
    mark: str = "none"
    wide: float = 1.0
    """Width of the head against its height."""


ANIMALS = {
    "cat": Animal((247, 168, 84), ears="pointy", tail="curl", mark="stripes"),
    "kitten": Animal((150, 152, 176), WHITE, ears="pointy", tail="curl", mark="stripes"),
    "fox": Animal((242, 116, 52), WHITE, ears="pointy", tail="bushy", mark="cheeks"),
    "bear": Animal((158, 106, 70), (222, 180, 136)),
    "panda": Animal(WHITE, WHITE, ears="dark", mark="eyes"),
    "red panda": Animal((205, 88, 50), WHITE, ears="pointy", tail="ringed", mark="cheeks"),
    "koala": Animal((160, 168, 186), WHITE, ears="huge", snout="nose"),
    "capybara": Animal((176, 122, 74), (206, 156, 106), ears="small", snout="broad", wide=1.02),
    "beaver": Animal((140, 88, 54), (206, 156, 106), ears="small", tail="paddle"),
    "otter": Animal((146, 100, 72), CREAM, ears="small", tail="thick"),
    "raccoon": Animal((152, 154, 166), WHITE, ears="pointy", tail="ringed", mark="mask"),
    "bunny": Animal((250, 226, 222), WHITE, ears="long", snout="nose", tail="puff"),
    "hamster": Animal((248, 190, 112), WHITE, ears="round", mark="cheeks", wide=1.12),
    "mouse": Animal((178, 180, 196), PINK, ears="huge", snout="nose", tail="thin"),
    "pig": Animal((255, 176, 184), (255, 206, 208), ears="floppy", snout="pig", tail="spring"),
    "cow": Animal(WHITE, (255, 206, 208), ears="floppy", snout="broad", mark="spots", tail="thin"),
    "dog": Animal((226, 168, 104), WHITE, ears="floppy", tail="curl"),
    "corgi": Animal((240, 160, 76), WHITE, ears="pointy", mark="blaze", tail="puff", wide=1.08),
    "sheep": Animal((255, 244, 230), (255, 222, 204), ears="floppy", mark="wool"),
    "sloth": Animal((176, 144, 112), CREAM, ears="none", mark="sleepy eyes"),
    "possum": Animal((208, 208, 214), WHITE, ears="dark", snout="nose", tail="thin"),
    "hedgehog": Animal((232, 190, 142), CREAM, ears="small", snout="nose", mark="spines"),
    "axolotl": Animal((255, 172, 194), (255, 212, 220), ears="gills", snout="none", tail="thick", wide=1.25),
    "seal": Animal((190, 204, 220), WHITE, ears="none", tail="thick", wide=1.1),
    "duck": Animal((255, 214, 74), (255, 236, 150), ears="tuft", snout="bill", tail="puff"),
    "goose": Animal(WHITE, WHITE, ears="none", snout="bill", tail="puff"),
    "chick": Animal((255, 226, 110), (255, 240, 170), ears="tuft", snout="beak"),
    "penguin": Animal((64, 78, 112), WHITE, ears="none", snout="beak", mark="bib"),
    "owl": Animal((150, 112, 84), CREAM, ears="horns", snout="beak", mark="bib"),
    "pigeon": Animal((140, 152, 182), (178, 190, 214), ears="none", snout="beak", tail="puff"),
    "crow": Animal((72, 70, 96), (108, 106, 136), ears="tuft", snout="beak"),
    "moth": Animal((226, 204, 176), WHITE, ears="antennae", snout="none", tail="wings"),
    "bee": Animal((255, 206, 64), (255, 224, 120), ears="antennae", snout="none", tail="wings", mark="bands"),
    "dinosaur": Animal((126, 200, 116), (220, 240, 170), ears="none", snout="none", tail="spiked", wide=1.08),
    "dragon": Animal((92, 184, 158), (250, 232, 170), ears="horns", snout="none", tail="spiked"),
    "unicorn": Animal(WHITE, (255, 226, 240), ears="horn", snout="patch", tail="bushy"),
    "deer": Animal((190, 128, 80), CREAM, ears="antlers", snout="nose", mark="freckles", tail="puff"),
    "monkey": Animal((140, 96, 66), (246, 208, 168), ears="huge", mark="heart face", tail="curl"),
    "tiger": Animal((250, 160, 56), WHITE, ears="round", mark="stripes", tail="curl"),
    "alpaca": Animal((248, 226, 190), CREAM, ears="tall", snout="patch", mark="wool"),
}
