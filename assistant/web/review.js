// The review list: what is typed is told at once, and once more with the button that saves.
const rowOf = part => part.closest('[data-waiting]');
const fields = row => [...row.querySelectorAll('input, textarea, select')];
const drawn = field => field.options ? [...field.options].find(each => each.defaultSelected)?.value : field.defaultValue;

// What was typed in each draft, by its fields' names, and is not drawn yet; only that is told, since another window may
// have changed the rest meanwhile. And the drafts whose text is open.
const typed = {}, open = new Set();

// A list is drawn into the rows that are there already: a row may stand for another draft than before.
new MutationObserver(() => {
  for (const row of element.querySelectorAll('[data-waiting]')) {
    const own = typed[row.dataset.waiting] ?? {};
    for (const field of fields(row)) {
      if (own[field.name] === drawn(field)) delete own[field.name];
      const value = own[field.name] ?? drawn(field);
      if (field.value !== value) field.value = value;
    }
    const text = row.querySelector('details'), shown = open.has(row.dataset.waiting);
    if (text.open !== shown) text.open = shown;  // set again, it would be a change, and seen here without end
  }
}).observe(element, {
  subtree: true, childList: true, characterData: true, attributeFilter: ['data-waiting', 'value', 'selected', 'open'],
});

element.addEventListener('input', event => {
  const row = rowOf(event.target);
  if (row) (typed[row.dataset.waiting] ??= {})[event.target.name] = event.target.value;
});
element.addEventListener('change', event => {
  const row = rowOf(event.target);
  if (row) trigger('amend', {id: row.dataset.waiting, fields: {[event.target.name]: event.target.value}});
});
element.addEventListener('click', event => {
  if (event.target.closest('summary')) {
    const {waiting} = rowOf(event.target).dataset;
    if (!open.delete(waiting)) open.add(waiting);
  }
  const button = event.target.closest('[data-review]');
  if (!button) return;
  event.preventDefault();
  const act = button.dataset.review;
  if (act === 'drop') { trigger('drop', {ids: [rowOf(button).dataset.waiting], seen: 0}); return; }
  const seen = Number(button.closest('[data-seen]').dataset.seen);
  if (act === 'none') { trigger('drop', {ids: null, seen}); return; }
  const rows = [...element.querySelectorAll('[data-waiting]')].map(row => row.dataset.waiting);
  trigger('save', {which: act, seen, rows: rows.map(id => ({id, fields: typed[id] ?? {}}))});
});
