// What is typed into the page and not sent yet outlives a reload: it is kept in the tab's own storage, typed anew once
// its field is there again, and forgotten as soon as the page changed the field by itself, as it does when it is sent.
(() => {
  const FIELDS = ['oh-ask', 'oh-title', 'oh-date', 'oh-text', 'oh-category-name', 'oh-definition', 'oh-examples'];
  const STORE = 'oh-typed';
  const field = id => document.querySelector(`#${id} :is(textarea, input)`);

  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(STORE)) ?? {}; } catch { return {}; }
  };
  const keep = () => {
    try { sessionStorage.setItem(STORE, JSON.stringify(typed)); } catch { /* no room, or not allowed: as without it */ }
  };

  const typed = kept(), waiting = new Set(Object.keys(typed));

  const restore = () => {
    for (const id of waiting) {
      const box = field(id);
      if (!box) continue;  // its tab was not opened yet
      waiting.delete(id);
      if (box.value) continue;
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value').set.call(box, typed[id]);
      box.dispatchEvent(new Event('input', {bubbles: true}));
    }
    if (!waiting.size) watch.disconnect();
  };
  const watch = new MutationObserver(restore);
  if (waiting.size) watch.observe(document, {childList: true, subtree: true});

  document.addEventListener('input', event => {
    const id = FIELDS.find(each => field(each) === event.target);
    if (!id) return;
    waiting.delete(id);
    typed[id] = event.target.value;
    keep();
  }, true);
  addEventListener('pagehide', () => {
    for (const id of Object.keys(typed)) {
      const box = field(id);
      if (!waiting.has(id) && box && box.value !== typed[id] || !typed[id]) delete typed[id];
    }
    keep();
  });
})();
