// What is owed by period, unit and state.
(() => {
  const periods = [...document.querySelectorAll(".period")].map((node) => ({
    node,
    period: node.dataset.period,
    open: node.open,
    units: [...node.querySelectorAll(".unit")].map((unit) => ({ node: unit, unit: unit.dataset.unit, owed: [...unit.querySelectorAll(".owed")] })),
  }));
  const all = document.querySelectorAll(".owed").length;

  const fits = (one, state) => !state || (state === "late" ? "late" in one.dataset : one.dataset.state === state);

  // Hide what does not match in a unit; gives how much is left.
  const match = (unit, here, state) => {
    let count = 0;
    for (const one of unit.owed) {
      filters.hide(one, !(here && fits(one, state)));
      count += !one.hidden;
    }
    filters.hide(unit.node, !count);
    return count;
  };

  filters.start((asked) => {
    const whole = !Object.keys(asked).length;
    let shown = 0;
    for (const one of periods) {
      let count = 0;
      for (const unit of one.units) {
        count += match(unit, (!asked.period || one.period === asked.period) && (!asked.unit || unit.unit === asked.unit), asked.state);
      }
      filters.hide(one.node, !count);
      one.node.open = one.open || (!whole && count > 0);
      shown += count;
    }
    return shown || !all ? { shown, all } : null;
  });

  const scroll = () => location.hash && filters.form.scrollIntoView();
  addEventListener("hashchange", scroll);
  scroll();
})();
