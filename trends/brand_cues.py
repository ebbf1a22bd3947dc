"""Words that show an everyday word beside them is meant as a brand, a team, a film …: “the apple watch”."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Near one of these an everyday word of any kind is meant as a brand.
BRAND_CUES = _words(
    """app bottle brand branded ceo clearance co collab collaboration commercial company corp corporation coupon
    customer dupe employee employees franchise genuine giftcard hq inc knockoff licensed llc logo logos merch
    merchandise mascot official outlet promo retailer shareholder shares shop slogan sponsor sponsored stock store
    stores supermarket trademark trademarked tm warehouse website worker workers cashier receipt aisle checkout
    subscription stan stans fandom fans"""
)
CUES_BY_KIND = {
    "brands": _words(
        """airpods android cereal charger credit burger car cars cola computer delivery detergent drive thru drivethru
    earbuds ebook gas gasoline hoodie insurance iphone ipad jacket jeans laptop laptops loan mac macbook menu miles
    mobile monitor motor motors oil petrol phone phones pickup prime razor reusable running sandwich sandwiches
    shampoo shirt shoe shoes smartphone sneaker sneakers snack soap soda soup station suv tablet tennis toothpaste
    tumbler truck trucks tv vacuum watch wireless"""
    ),
    "characters": _words(
        """cosplay character comic comics cartoon disney marvel movie villain superhero anime costume plush"""
    ),
    "films and series": _words(
        """actor actress binge cast episode episodes film films finale franchise hbo movie movies netflix premiere
    prequel reboot remake rewatch season seasons sequel series show sitcom soundtrack spinoff trailer tv watched
    watching"""
    ),
    "games": _words(
        """console dlc esports game gameplay gamer gamers games gaming multiplayer nintendo playstation playthrough ps4
    ps5 speedrun steam switch xbox pc minecraft server"""
    ),
    "musicians": _words(
        """album albums band bassist concert concerts discography drummer ep feat featuring frontman gig grammy
    guitarist hit lp lyric lyrics music musician pop rap rapper remix rock single singer song songs soundtrack
    spotify tour track vinyl"""
    ),
    "celebrities": _words(
        """actor actress celebrity celeb comedian host interview model podcast rapper singer star streamer youtuber"""
    ),
    "teams": _words(
        """baseball basketball championship championships coach draft fc football game games goalie hockey jersey league
    mlb mls nba nfl nhl offseason pitcher playoff playoffs quarterback roster score season soccer stadium superbowl
    team trade vs win wins"""
    ),
    "slogans": _words("ad advert campaign nike slogan tagline"),
}
