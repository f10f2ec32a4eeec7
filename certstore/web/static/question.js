// Puts the focus on the list of what to mend, as soon as the page with the errors is there.
const summary = document.querySelector('[data-focus]');
summary?.focus();
// A link of the list leads into the field, not only to it.
summary?.addEventListener('click', (event) => {
  const field = document.getElementById(event.target.hash?.slice(1) ?? '');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: 'center' });
});
