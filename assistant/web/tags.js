// The menu of a tag: the labels, likeliest first; what is chosen is told to the server by `trigger`.
// The chat is drawn anew all the time, so one listener on the document hears every tag, old and new.
window.ohTell = trigger;  // of the newest drawing of this element
if (!window.ohTags) {
  window.ohTags = true;
  const NONE = 'none';
  let menu = null, opener = null, typed = '', typedAt = 0;

  const shut = (back) => {
    if (!menu) return;
    menu.remove();
    menu = null;
    const tag = opener;
    opener = null;
    tag?.setAttribute('aria-expanded', 'false');
    if (back && tag?.isConnected) tag.focus();
  };

  const tell = (tag, label) => {
    const {note, turn, told} = JSON.parse(tag.value);
    if (note) window.ohTell('file', {note, label});
    else if (told) window.ohTell('relabel', {told, label});
    else window.ohTell('correct', {turn, label});
  };

  // From a mark in an answer to the card of its note, among those below the answer.
  const lead = (mark, number) => {
    const used = mark.closest('.oh-answer').parentElement.querySelector('.oh-used');
    const card = [...used?.querySelectorAll('.oh-card') ?? []]
      .find(each => each.querySelector('header .oh-cite').textContent === String(number));
    if (!card) return;
    used.open = true;
    card.scrollIntoView({block: 'nearest', behavior: 'smooth'});
    card.classList.add('oh-led');
    setTimeout(() => card.classList.remove('oh-led'), 1600);
  };

  const choices = (tag) => {
    const all = JSON.parse(document.getElementById('oh-labels').dataset.labels);
    const {label: now, shares = {}} = JSON.parse(tag.value);
    const likeliest = [...all].sort((a, b) => (a === NONE) - (b === NONE) || (shares[b] ?? 0) - (shares[a] ?? 0));
    return likeliest.map(label => ({label, share: shares[label], here: label === now}));
  };

  const open = (tag) => {
    shut(false);
    opener = tag;
    tag.setAttribute('aria-expanded', 'true');
    menu = document.createElement('div');
    menu.className = 'oh-menu';
    menu.setAttribute('role', 'menu');
    menu.setAttribute('aria-label', 'Categories');
    for (const {label, share, here} of choices(tag)) {
      const item = document.createElement('button');
      item.type = 'button';
      item.setAttribute('role', 'menuitemradio');
      item.setAttribute('aria-checked', String(here));
      const name = item.appendChild(document.createElement('span'));
      name.textContent = label === NONE ? 'none of these' : label;
      if (share !== undefined) {
        const sure = item.appendChild(document.createElement('small'));
        sure.textContent = share < 0.005 ? '<1%' : Math.round(100 * share) + '%';
        item.style.setProperty('--share', share);
      }
      item.addEventListener('click', () => {
        shut(true);
        if (!here) tell(tag, label);
      });
      menu.append(item);
    }
    document.body.append(menu);
    const box = tag.getBoundingClientRect(), room = 8;
    const width = menu.offsetWidth, height = menu.offsetHeight;
    const below = innerHeight - box.bottom - room, above = box.top - room;
    const down = below >= Math.min(height, 240) || below >= above;
    menu.style.maxHeight = Math.max(120, down ? below : above) + 'px';
    menu.style.left = Math.max(room, Math.min(box.left, innerWidth - width - room)) + 'px';
    if (down) menu.style.top = box.bottom + 4 + 'px';
    else menu.style.bottom = innerHeight - box.top + 4 + 'px';
    menu.firstChild.focus();
  };

  document.addEventListener('click', event => {
    if (menu?.contains(event.target)) return;
    const button = event.target.closest?.('button[name^="oh-"]');
    const again = button && button === opener;
    shut(false);
    if (!button || again) return;
    const {turn, label, note, title, number} = JSON.parse(button.value);
    switch (button.name) {
      case 'oh-tag': case 'oh-file': case 'oh-tell': open(button); break;
      case 'oh-choose': tell(button, label); break;
      case 'oh-undo': window.ohTell('undo', {turn}); break;
      case 'oh-cite': lead(button, number); break;
      case 'oh-read': window.ohTell('read', {note}); break;
      case 'oh-write': window.ohTell('write', {title, label}); break;
      case 'oh-confirm': window.ohTell('confirm', {turn}); break;
    }
  });
  document.addEventListener('keydown', event => {
    if (!menu) return;
    const items = [...menu.children], at = items.indexOf(document.activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1}[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') shut(true);
    else if (to !== undefined) items[(to + items.length) % items.length].focus();
    else if (event.key.length === 1 && event.key.trim()) {
      typed = (event.timeStamp - typedAt < 900 ? typed : '') + event.key.toLowerCase();
      typedAt = event.timeStamp;
      const turned = [...items.slice(at), ...items.slice(0, at)];
      if (typed.length === 1) turned.push(turned.shift());  // the same letter again goes to the next one with it
      turned.find(item => item.textContent.toLowerCase().startsWith(typed))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  addEventListener('resize', () => shut(false));
  document.addEventListener('scroll', event => { if (menu && !menu.contains(event.target)) shut(false); }, true);
}
