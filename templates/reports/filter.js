"use strict";
// The filters of a page, whose own script says what fits them. Without scripts everything is shown. What is asked for stands in
// the address (#unit=VPTK&code=V203), so that a view can be kept or sent on.
const filters = (() => {
  const form = document.querySelector("form.filters");
  const shown = document.querySelector(".shown");
  const names = [...form.querySelectorAll("select, input")].map((one) => one.name);
  const say = (count) => count.toLocaleString(document.documentElement.lang);

  const hide = (node, hidden) => {
    if (node.hidden !== hidden) node.hidden = hidden;
  };

  // Filters from now on. `match(asked)` hides what does not fit; it gives the counts to be told, null where nothing is left.
  const start = (match) => {
    const apply = () => {
      const given = names.map((name) => [name, form.elements[name].value.trim()]).filter(([, value]) => value);
      const counts = match(Object.fromEntries(given));
      const said = counts ? shown.dataset.words.replace(/\{(\w+)\}/g, (_, name) => say(counts[name])) : shown.dataset.none;
      const chosen = given.map(([name, value]) => form.elements[name].selectedOptions?.[0].text ?? `“${value}”`);
      shown.textContent = chosen.length ? `${said} (${chosen.join("; ")})` : said;
      shown.classList.toggle("filtered", chosen.length > 0);
      return new URLSearchParams(given).toString();
    };

    const keep = () => {
      const kept = apply();
      history.replaceState(null, "", kept ? `#${kept}` : location.pathname + location.search);
    };

    const restore = () => {
      const kept = new URLSearchParams(location.hash.slice(1));
      for (const name of names) {
        form.elements[name].value = kept.get(name) ?? "";
        if (form.elements[name].selectedIndex === -1) form.elements[name].value = "";  // nothing of the kind here
      }
      apply();
    };

    let waiting = 0;
    form.addEventListener("input", (event) => {
      clearTimeout(waiting);
      if (event.target.type === "search") waiting = setTimeout(keep, 120);  // until the typing pauses
      else keep();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(keep));
    addEventListener("hashchange", restore);
    form.hidden = shown.hidden = false;
    restore();
  };

  return { form, hide, start };
})();
