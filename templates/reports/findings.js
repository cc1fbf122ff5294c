"use strict";
// Filters. Without this script everything is shown. The filters stand in the address (#unit=VPTK&code=V203), so that a view
// can be kept or sent on.
(() => {
  const form = document.querySelector("form.filters");
  const shown = document.querySelector(".shown");
  const fold = form.elements.fold;
  const names = [...form.elements].filter((one) => one.name && one !== fold).map((one) => one.name);
  // A word without marks finds any marks ("mau so" finds "Mẫu số"), one with marks only itself; case never matters.
  const marked = (text) => text.normalize("NFC").toLowerCase().replace(/\s+/g, " ");
  const plain = (text) => marked(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  const both = (text) => ({ marked: marked(text), plain: plain(text) });
  const has = (texts, word) => (word === plain(word) ? texts.plain : texts.marked).includes(word);
  const say = (count) => count.toLocaleString(document.documentElement.lang);

  const files = [...document.querySelectorAll(".file")].map((node) => ({
    node,
    unit: node.dataset.unit || "",
    commune: node.dataset.commune || "",
    findings: [...node.querySelectorAll(".finding")].map((one) => ({ node: one, code: one.dataset.code, severity: one.dataset.severity })),
  }));
  const counted = files.filter((file) => !file.node.classList.contains("set"));
  const sections = [...document.querySelectorAll("main > section:not(.summary)")];
  const total = files.reduce((sum, file) => sum + file.findings.length, 0);

  // The texts are read at the first search only.
  const head = (file) => (file.text ??= both([...file.node.querySelectorAll("summary, :scope > p:not(.finding)")].map((one) => one.textContent).join(" ")));
  const body = (one) => (one.text ??= both(one.node.textContent));

  const hide = (node, hidden) => {
    if (node.hidden !== hidden) node.hidden = hidden;
  };

  // Hide what does not match in a file; gives how many findings are left, and whether the file is.
  const match = (file, asked, sought) => {
    const here = (!asked.unit || file.unit === asked.unit) && (!asked.commune || file.commune === asked.commune);
    const left = here ? sought.filter((word) => !has(head(file), word)) : [];
    let count = 0;
    for (const one of file.findings) {
      const fits = here && (!asked.code || one.code === asked.code) && (!asked.severity || one.severity === asked.severity)
        && left.every((word) => has(body(one), word));
      hide(one.node, !fits);
      count += fits;
    }
    const stays = file.findings.length ? count > 0 : here && !asked.code && !asked.severity && !left.length;
    hide(file.node, !stays);
    return count;
  };

  const apply = () => {
    const asked = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
    const sought = marked(asked.q).split(" ").filter(Boolean);
    const findings = files.reduce((sum, file) => sum + match(file, asked, sought), 0);
    const chosen = names.filter((name) => asked[name]).map((name) => form.elements[name].selectedOptions?.[0].text ?? `“${asked[name]}”`);
    for (const section of sections) hide(section, chosen.length > 0 && !section.querySelector(".file:not([hidden])"));
    const counts = {
      findings: say(findings), allFindings: say(total),
      files: say(counted.filter((file) => !file.node.hidden).length), allFiles: say(counted.length),
    };
    const nothing = files.length && files.every((file) => file.node.hidden);
    const said = nothing ? shown.dataset.none : shown.dataset.words.replace(/\{(\w+)\}/g, (_, name) => counts[name]);
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
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(keep));
  fold.addEventListener("click", () => {
    const opened = [...document.querySelectorAll("details.file")];
    const open = !opened.some((one) => one.open);
    for (const one of opened) one.open = open;
    [fold.textContent, fold.dataset.other] = [fold.dataset.other, fold.textContent];
  });
  addEventListener("hashchange", restore);
  form.hidden = shown.hidden = false;
  restore();
})();
