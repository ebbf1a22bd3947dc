// A name typed into this search would stand in the address of the page, which browsers and servers keep.
const search = document.getElementById("searchbar");
if (search) {
    search.pattern = "\\s*[\\w\\-]*\\d[\\w\\-]*\\s*";
    search.title = "A number or SKU; customers are looked for under Privacy requests";
}
