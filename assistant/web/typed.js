// What is typed into the page and not sent yet outlives a reload: it is kept in the tab's own storage, typed anew once
// its form is there again, and forgotten as soon as the page changed the field by itself, as it does when it is sent.
(() => {
  const note = () => document.querySelector('#oh-heading [data-note]')?.dataset.note;
  const category = () => field('oh-chosen')?.value;
  // Each field with what its form stands for: words about one note must not be put into another one's form.
  const FIELDS = {
    'oh-ask': () => '', 'oh-title': note, 'oh-date': note, 'oh-text': note,
    'oh-category-name': category, 'oh-definition': category, 'oh-examples': category,
  };
  const STORE = 'oh-typed', SETTLED = 300;
  const field = id => document.querySelector(`#${id} :is(textarea, input)`);

  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(STORE)) ?? {}; } catch { return {}; }
  };
  const keep = () => {
    try { sessionStorage.setItem(STORE, JSON.stringify(typed)); } catch { /* no room, or not allowed: as without it */ }
  };

  const typed = kept(), waiting = new Set(Object.keys(typed));
  let reopened = false;

  const restore = id => {
    const box = field(id), {value, of} = typed[id] ?? {};
    if (!box || value === undefined || FIELDS[id]() !== of) { waiting.add(id); return; }
    if (box.value === value) return;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value').set.call(box, value);
    box.dispatchEvent(new Event('input', {bubbles: true}));
  };
  const look = () => {
    for (const id of waiting) {
      const {of} = typed[id];
      if (field(id) && FIELDS[id]() === of) {
        waiting.delete(id);
        setTimeout(() => restore(id), SETTLED);  // the page may fill the form only now
      } else if (of && !reopened && note() === '' && FIELDS[id] === note) {
        const entry = document.querySelector(`#oh-found [data-act=open][data-id="${CSS.escape(of)}"]`);
        reopened = Boolean(entry);
        entry?.click();
      }
    }
    if (!waiting.size) watch.disconnect();
  };
  const watch = new MutationObserver(look);
  if (waiting.size) watch.observe(document, {childList: true, subtree: true});

  document.addEventListener('input', event => {
    const id = event.target.closest(Object.keys(FIELDS).map(each => `#${each}`).join())?.id;
    if (!id) return;
    waiting.delete(id);
    typed[id] = {value: event.target.value, of: FIELDS[id]()};
    keep();
  }, true);
  const tidy = () => {
    for (const [id, {value, of}] of Object.entries(typed)) {
      const box = field(id), changed = box && (box.value !== value || FIELDS[id]() !== of);
      if (!value && !of || !waiting.has(id) && changed) delete typed[id];
    }
    keep();
  };
  addEventListener('pagehide', tidy);
  document.addEventListener('visibilitychange', tidy);  // a phone may end the tab without a word
})();
