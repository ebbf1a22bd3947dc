"""The admin site of the shop."""

from unfold.sites import UnfoldAdminSite


class Console(UnfoldAdminSite):
    site_title = site_header = "Sticker Trendz"
