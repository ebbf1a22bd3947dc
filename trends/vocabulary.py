"""Word lists of the local judgement: what says nothing, can be drawn, marks a brand, or is off limits."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    """a about above after again against ago all almost also although always am an and another any anymore anyone
    anything are arent around as at away back be became because been before being below between both but by came can
    cannot cant come comes coming could couldnt did didnt do does doesnt doing dont done down during each either
    else even ever every everyone everything few first for from further get gets getting give go goes going gone
    gonna got gotta had has hasnt have havent having he hed her here hers herself hes him himself his how i id if
    ill im in into is isnt it its itself ive just keep keeps last let lets like lol look looks lot made make makes
    making many may maybe me might more most much must my myself never new next no nobody none not nothing now of
    off often oh ok okay on once one only onto or other our ours ourselves out over own people please put really
    said same saw say says see seen she shes should so some someone something still such take tell than that thats the
    their them themselves then there theres these they theyre thing things think this those though through time til
    till to today together told tonight too took toward try trying two under until up upon us use used very via wait
    want wants was wasnt way we well went were what whats when where which while who whole whom whos why will with
    without wont would wouldnt yeah year years yes yesterday yet you your youre yours yourself youve youll theyve
    theyll weve day days week weeks month months finally actually literally found find oc tifu eli5 psa meirl me_irl
    irl nsfw edit update part pic photo video post reddit good great best"""
)

# Function words a phrase may run across: "fox in a teacup".
BRIDGES = _words("a an the in on at of with and for from to as")

# What people say about a post rather than in it: "drew", "can't stop smiling", "postgame thread", "starter pack".
CAPTION_WORDS = _words(
    """drew drawn draw doodled sketched painted crocheted stop stopped smiling smile meet met megathread thread postgame
    pregame tier list starter pack guide sighting rare cool need needed friend guess ama ootd fanart sketch doodle"""
)

# What a picture can show at a glance, in the singular.
DRAWABLE = _words(
    """alien alligator alpaca angel ant antelope armadillo astronaut avocado axolotl badger bagel balloon banana bat
    beagle bear beaver bee beetle bicycle bird biscuit bison blanket blueberry boat bone book boot bottle bow bread
    broccoli bubble bug bull bunny burger burrito butterfly cabin cactus cake camel camera campfire candle candy
    canoe capybara cardinal carrot cassette castle cat caterpillar chameleon cheese cheetah cherry chick chicken
    chihuahua chinchilla chipmunk clam cloud clover clown cobra cocktail coconut coffee comet cookie corgi corn cow
    cowboy coyote crab crane cricket croissant crow crown crystal cup cupcake dachshund daisy deer diamond dinosaur
    disco dog dolphin donkey donut dove dragon dragonfly duck duckling dumpling eagle egg elephant elk espresso
    fairy falcon fawn feather ferret fern firefly fish flame flamingo flower fox frog fungus galaxy garlic gecko
    ghost giraffe gnome goat goblin goldfish goose gorilla grape guinea guitar hamburger hamster hare hat hawk heart
    hedgehog hen heron hippo honey hornet horse husky iceberg iguana jackal jaguar jar jellyfish kangaroo kettle
    kitten kiwi knight koala kraken ladybug lamb lamp lantern lemon lemur leopard lighthouse lily lion lizard llama
    lobster lotus lynx macaw magpie mammoth manatee mango mantis marshmallow matcha meerkat melon mermaid milk mole
    monkey monster moon moose mosquito moth mountain mouse muffin mug mummy mushroom narwhal ninja noodle nugget
    octopus onion opossum orange orangutan orca orchid ostrich otter owl ox oyster pancake panda pangolin panther
    parrot pasta peach peacock peanut pear pegasus pelican penguin pepper phoenix pickle pie pig pigeon pineapple
    pinecone piranha pirate pizza plant platypus plushie polaroid pony poodle popcorn porcupine possum potato
    pretzel pug pumpkin puppy quail quokka rabbit raccoon radish rainbow ram ramen rat raven ray reindeer rhino
    robin robot rocket rooster rose salamander salmon sandwich scarf scorpion seahorse seal seashell shark sheep
    shrimp skateboard skeleton skull skunk sloth slug snail snake snowflake snowman sock spaceship sparrow spider
    spoon squid squirrel starfish stingray strawberry sun sunflower sunset sushi swan sweater taco tadpole tamale
    tea teapot teddy tiger toad toast toaster tofu tomato tortoise toucan tractor train tree trout truck tulip tuna
    turkey turnip turtle ufo umbrella unicorn vampire vulture waffle walrus wasp watermelon whale willow witch
    wizard wolf wombat worm yak yeti zebra zombie
    aardvark anteater bobcat bulldog centipede cicada collie cougar dalmatian doggo goldendoodle grasshopper greyhound
    groundhog hummingbird hyena isopod jellybean kitty labrador mongoose newt ocelot okapi pomeranian puffin pup
    retriever seagull shiba stoat tapir tarantula terrier warthog weasel woodpecker
    baguette boba cannoli cheesecake doughnut gingerbread gyoza latte lollipop pierogi
    acorn firework igloo leaf mistletoe nutcracker ornament santa scarecrow sled wreath
    anchor aurora broom cauldron compass cottage eclipse kite meteor planet potion saturn submarine sword telescope
    trebuchet typewriter"""
)
# Of these somebody posts every hour: alone they are no news, whatever the number of posts.
EVERYDAY = _words(
    """bear bird boat book bottle bunny cake camera cat chicken coffee cup dog duck egg fish flower fox heart horse
    kitten mountain mouse orange pizza plant puppy robin rose snake sun train tree truck turkey
    doggo kitty labrador leaf ornament planet pup retriever sword terrier"""
)
# What gives a drawing its character.
CHARMING = _words(
    """adorable baby buff chonk chonky chubby cozy crying cute dancing derpy dramatic feral fluffy funky goofy
    grumpy happy kawaii little majestic mini mood oversized retro round screaming silly sleepy smol smug spooky tiny
    tired unhinged vibe vintage wearing wholesome angry anxious confused dapper fancy lazy magical moody sassy shy
    sparkly squishy clumsy curious proud stubborn"""
)

TRAGEDY = _words(
    """accident airstrike ambulance assassination assassinated attack attacked attacker attacking attacks avalanche
    beheaded bleeding blood bomb bombing bombed cancer casualty casualties coffin collapse coma corpse crash crashed
    dead deadly death deaths derailed died dies disaster disease drowned dying earthquake emergency epidemic
    evacuated evacuation explosion fatal flooding funeral genocide grief gunman homicide hospice hospital hostage
    hurricane injured injury kill killed killer killing kills massacre memorial mourning murder murdered murderer
    obituary outbreak overdose pandemic paralyzed perished refugee shooter shootings slain starvation stabbed
    stabbing suicide terror terrorism terrorist tornado tragedy tragic trauma tsunami tumor victim victims war
    wildfire wounded wreck airstrikes massacred wars wildfires"""
)
POLITICS = _words(
    """abortion activist administration amendment ballot biden candidate ceasefire chancellor clinton communist
    congress congressman congresswoman conservative constitution democracy democrat democratic democrats deport
    deportation desantis dictator diplomat election electoral epstein fascism fascist federal filibuster gaza gop
    governor government hamas immigrant immigration impeach impeachment inauguration indicted indictment israel
    jihad kremlin labour lawmaker lawsuit leftist legislation liberal maga mayor military minister missile musk nato
    nazi obama oligarch palestine palestinian parliament police policy politician politics president presidential
    pro-life protest protester protesters putin rally referendum regime republican republicans russia russian
    sanction sanctions scotus secretary senate senator shutdown socialist soldier tariff tariffs tax taxes treaty
    troops trump ukraine ukrainian veto vote voter voters voting zelensky invaded invasion iran iranian missiles"""
)
SEX = _words(
    """anal ass asshole balls boob boobs bra breast breasts butt cock condom cum dick dildo ejaculate erotic escort
    fetish fuck fucked fucking gangbang genital handjob hentai horny incest intercourse kink lingerie masturbate
    milf naked nude nudes nsfw onlyfans orgasm orgy panties penis porn porno pornstar prostitute pussy rape raped
    rapist sex sexual sexually sexy slut strip stripper thong threesome tits topless vagina viagra virgin whore"""
)
# Kin and neighbours of the poster: a post about them is about a private person.
KIN = _words(
    """aunt bf boss boyfriend brother bride classmate coworker colleague cousin dad daughter ex father fiance
    fiancee friend gf girlfriend grandfather grandma grandmother grandpa groom husband kid mom mother mum neighbor
    neighbour nephew niece roommate sibling sister son stepdad stepmom teacher uncle wife"""
)
OWNING = _words("my our his her their")
PERSON_IN_NEWS = _words(
    """accused arrested charged convicted custody divorce fired guilty indicted jailed lawsuit mugshot prison
    sentenced suspect sued trial pregnant funeral"""
)
