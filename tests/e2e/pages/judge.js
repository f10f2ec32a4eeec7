// What is wrong with a page: axe-core's findings, whatever is too small to be pressed, and what
// sticks out at its side. What a size hides or shows is judged by every rule that was given first.
{
  let first = null;
  const seen = () => [...document.querySelectorAll('body *')].map((e) => e.checkVisibility({ visibilityProperty: true })).join();
  const pressed = 'a, button, summary, label.choice, select, input:not([type=radio], [type=checkbox], [type=hidden])';

  globalThis.sideways = () => {
    const by = document.documentElement.scrollWidth - innerWidth;
    return by > 0 ? [`scrolls sideways by ${by} px at ${innerWidth} px`] : [];
  };

  globalThis.judgePage = async (given, least) => {
    first ??= { rules: given, seen: seen() };
    const rules = first.seen === seen() ? given : first.rules;
    const found = rules.length ? (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations : [];
    const said = found.map((v) => `${v.id} ×${v.nodes.length} ${v.nodes[0].target} ${v.nodes[0].failureSummary}`);
    if (!least) return said; // read without its styles: nothing has a size there
    const small = [...document.querySelectorAll(pressed)]
      .filter((e) => !e.matches('.skip, p a:not(.textlink)') && e.getBoundingClientRect().height > 0)
      .map((e) => [e.textContent.trim().slice(0, 16), e.getBoundingClientRect()])
      .filter(([, r]) => r.height < least - 0.5 || r.width < least - 0.5)
      .map(([text, r]) => `under ${least} px: ${text} ${r.width}×${r.height}`);
    return [...said, ...small, ...sideways()];
  };

  // The attributes of `html`, and the link to the other size: nothing else differs.
  globalThis.dressAs = (attributes, sizes) => {
    const html = document.documentElement;
    for (const name of html.getAttributeNames()) if (!(name in attributes)) html.removeAttribute(name);
    for (const name in attributes) html.setAttribute(name, attributes[name]);
    const links = [...document.querySelectorAll('a[href^="?size="]:not([aria-current])')];
    if (links.length !== sizes.length) throw new Error('the link to the other size is not there');
    links.forEach((link, n) => { [link.href, link.textContent] = sizes[n]; });
  };
}
void 0; // Playwright would call a function
