// Findings by commune, unit, code, severity and words; folding.
(() => {
  // A word without marks finds any marks ("mau so" finds "Mẫu số"), one with marks only itself; case never matters.
  const marked = (text) => text.normalize("NFC").toLowerCase().replace(/\s+/g, " ");
  const plain = (text) => marked(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  const both = (text) => ({ marked: marked(text), plain: plain(text) });
  const has = (texts, word) => (word === plain(word) ? texts.plain : texts.marked).includes(word);

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

  // Hide what does not match in a file; gives how many findings are left, and whether the file is.
  const match = (file, asked, sought) => {
    const here = (!asked.unit || file.unit === asked.unit) && (!asked.commune || file.commune === asked.commune);
    const left = here ? sought.filter((word) => !has(head(file), word)) : [];
    let count = 0;
    for (const one of file.findings) {
      const fits = here && (!asked.code || one.code === asked.code) && (!asked.severity || one.severity === asked.severity)
        && left.every((word) => has(body(one), word));
      filters.hide(one.node, !fits);
      count += fits;
    }
    const stays = file.findings.length ? count > 0 : here && !asked.code && !asked.severity && !left.length;
    filters.hide(file.node, !stays);
    return count;
  };

  filters.start((asked) => {
    const sought = marked(asked.q ?? "").split(" ").filter(Boolean);
    const findings = files.reduce((sum, file) => sum + match(file, asked, sought), 0);
    const whole = !Object.keys(asked).length;
    for (const section of sections) filters.hide(section, !whole && !section.querySelector(".file:not([hidden])"));
    if (files.length && files.every((file) => file.node.hidden)) return null;
    return { findings, allFindings: total, files: counted.filter((file) => !file.node.hidden).length, allFiles: counted.length };
  });

  const fold = filters.form.elements.fold;
  fold.addEventListener("click", () => {
    const opened = [...document.querySelectorAll("details.file")];
    const open = !opened.some((one) => one.open);
    for (const one of opened) one.open = open;
    [fold.textContent, fold.dataset.other] = [fold.dataset.other, fold.textContent];
  });
})();
