// The review list: what is typed is told at once, and once more with the button that saves.
const rowOf = part => part.closest('[data-waiting]');
// Only what was typed here: another window may have changed the rest meanwhile.
const fieldsOf = row => Object.fromEntries(
  [...row.querySelectorAll('input, textarea')].filter(field => field.value !== field.defaultValue)
    .map(field => [field.name, field.value]));

element.addEventListener('change', event => {
  const row = rowOf(event.target);
  if (row) trigger('amend', {id: row.dataset.waiting, fields: {[event.target.name]: event.target.value}});
});
element.addEventListener('click', event => {
  const button = event.target.closest('[data-review]');
  if (!button) return;
  event.preventDefault();
  const act = button.dataset.review;
  if (act === 'drop') { trigger('drop', {ids: [rowOf(button).dataset.waiting], seen: 0}); return; }
  const seen = Number(button.closest('[data-seen]').dataset.seen);
  if (act === 'none') { trigger('drop', {ids: null, seen}); return; }
  const rows = [...element.querySelectorAll('[data-waiting]')];
  trigger('save', {which: act, seen, rows: rows.map(row => ({id: row.dataset.waiting, fields: fieldsOf(row)}))});
});
