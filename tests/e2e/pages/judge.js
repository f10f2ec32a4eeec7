// What is wrong with a page: axe-core's findings, and whatever is too small to be pressed.
globalThis.judgePage = async (rules, least) => {
  const found = rules ? (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations : [];
  const pressed = 'a, button, summary, label.choice, select, input:not([type=radio], [type=checkbox], [type=hidden])';
  const small = [...document.querySelectorAll(pressed)]
    .filter((e) => !e.matches('.skip, p a:not(.textlink)') && e.getBoundingClientRect().height > 0)
    .map((e) => [e.textContent.trim().slice(0, 16), e.getBoundingClientRect()])
    .filter(([, r]) => r.height < least - 0.5 || r.width < least - 0.5)
    .map(([text, r]) => `under ${least} px: ${text} ${r.width}×${r.height}`);
  return [...found.map((v) => `${v.id} ×${v.nodes.length} ${v.nodes[0].target} ${v.nodes[0].failureSummary}`), ...small];
};
