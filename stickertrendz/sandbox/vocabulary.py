"""The words the invented world makes good sticker topics from, and the drawing and the scorer know."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


CREATURES = (
    "cat", "kitten", "fox", "bear", "panda", "red panda", "koala", "capybara", "beaver", "otter", "raccoon", "bunny",
    "hamster",
    "mouse", "pig", "cow", "dog", "corgi", "sheep", "sloth", "possum", "hedgehog", "axolotl", "seal", "duck", "goose",
    "chick",
    "penguin", "owl", "pigeon", "crow", "moth", "bee", "dinosaur", "dragon", "unicorn", "deer", "monkey", "tiger",
    "alpaca",
    "frog", "toad", "ghost", "octopus", "squid", "jellyfish", "whale", "narwhal", "shark", "snail", "turtle",
    "tortoise",
    "crab", "alien", "robot", "butterfly",
)  # fmt: skip
FOODS = (
    "avocado", "taco", "pizza", "donut", "toast", "boba", "ramen", "dumpling", "sushi", "croissant", "strawberry",
    "lemon",
    "watermelon", "banana", "ice cream", "cupcake", "egg", "pickle", "pancake", "potato", "peach", "sandwich", "muffin",
)  # fmt: skip
PLANTS = (
    "cactus", "succulent", "mushroom", "toadstool", "house plant", "fern", "sunflower", "daisy", "tulip", "pumpkin",
)  # fmt: skip
OBJECTS = ("mug", "planet", "moon", "cloud", "rainbow", "star", "heart", "tent", "rocket", "book", "lamp", "teapot")
MOODS = (
    "sleepy", "cozy", "dreamy", "chill", "zen", "tired", "happy", "cheerful", "giggly", "jolly", "silly", "cheeky",
    "grumpy",
    "sassy", "moody", "anxious", "startled", "confused", "lovestruck", "fancy", "brave", "tiny", "chubby",
)  # fmt: skip
ACTIVITIES = (
    "in a bathtub", "in a teacup", "in a basket", "in a rain boot", "in a flower pot", "on a skateboard",
    "on a surfboard",
    "on a cloud", "on a pillow", "on a crescent moon", "holding a balloon", "holding an umbrella", "holding a flower",
    "holding a boba tea", "holding a coffee cup", "reading a book", "playing a guitar", "eating noodles",
    "with headphones",
    "with sunglasses", "in a wizard hat", "in a cowboy hat", "in a beanie", "in a flower crown", "in a party hat",
    "in a chef hat", "in a knitted scarf", "with a crown", "with a bow tie", "with a backpack",
)  # fmt: skip
# Single words that look like other everyday words when they stand alone ("egg someone on", "star player").
WEAK_ALONE = frozenset(
    {"star", "heart", "book", "bear", "duck", "bee", "egg", "toast", "chick", "crow", "seal", "cloud", "lamp"}
)
