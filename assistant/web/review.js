// The review list: what is typed is told at once, and once more with the button that saves.
const rowOf = part => part.closest('[data-waiting]');
const fieldsOf = row => Object.fromEntries(
  [...row.querySelectorAll('[name]')].map(field => [field.name, field.value]));

element.addEventListener('change', event => {
  const row = rowOf(event.target);
  if (row) trigger('amend', {id: row.dataset.waiting, fields: {[event.target.name]: event.target.value}});
});
element.addEventListener('click', event => {
  const button = event.target.closest('[data-review]');
  if (!button) return;
  event.preventDefault();
  const act = button.dataset.review;
  if (act === 'drop') { trigger('drop', {ids: [rowOf(button).dataset.waiting]}); return; }
  if (act === 'none') { trigger('drop', {ids: null}); return; }
  const rows = [...element.querySelectorAll('[data-waiting]')];
  trigger('save', {which: act, rows: rows.map(row => ({id: row.dataset.waiting, fields: fieldsOf(row)}))});
});
