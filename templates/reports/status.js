"use strict";
// Filters. Without this script everything is shown. The filters stand in the address (#period=2027-Q1&state=late), so that a
// view can be kept or sent on.
(() => {
  const form = document.querySelector("form.filters");
  const shown = document.querySelector(".shown");
  const names = ["period", "unit", "state"];
  const say = (count) => count.toLocaleString(document.documentElement.lang);
  const periods = [...document.querySelectorAll(".period")].map((node) => ({
    node,
    period: node.dataset.period,
    open: node.open,
    units: [...node.querySelectorAll(".unit")].map((unit) => ({ node: unit, unit: unit.dataset.unit, owed: [...unit.querySelectorAll(".owed")] })),
  }));

  const fits = (one, state) => !state || (state === "late" ? "late" in one.dataset : one.dataset.state === state);

  // Hide what does not match in a unit; gives how much is left.
  const match = (unit, here, state) => {
    let count = 0;
    for (const one of unit.owed) {
      one.hidden = !(here && fits(one, state));
      count += !one.hidden;
    }
    unit.node.hidden = !count;
    return count;
  };

  const apply = () => {
    const asked = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const chosen = names.filter((name) => asked[name]).map((name) => form.elements[name].selectedOptions[0].text);
    let left = 0, all = 0;
    for (const one of periods) {
      let count = 0;
      for (const unit of one.units) {
        count += match(unit, (!asked.period || one.period === asked.period) && (!asked.unit || unit.unit === asked.unit), asked.state);
        all += unit.owed.length;
      }
      one.node.hidden = !count;
      one.node.open = one.open || (chosen.length > 0 && count > 0);
      left += count;
    }
    const said = left || !all ? shown.dataset.words.replace("{shown}", say(left)).replace("{all}", say(all)) : shown.dataset.none;
    shown.textContent = chosen.length ? `${said} (${chosen.join("; ")})` : said;
    shown.classList.toggle("filtered", chosen.length > 0);
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value)).toString();
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
    if (location.hash) form.scrollIntoView();
  };

  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(keep));
  addEventListener("hashchange", restore);
  form.hidden = shown.hidden = false;
  restore();
})();
