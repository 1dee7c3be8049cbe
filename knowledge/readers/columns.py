"""What people call the columns of their lists, in six languages, without case and marks; reading them is `tables`'."""

from __future__ import annotations

import re

_DATES = (
    *("date", "day", "when", "service date", "purchase date", "invoice date", "paid on", "visit date"),
    *("order date", "transaction date", "posting date", "job date", "bought", "purchased", "done on", "bought on"),
    *("purchased on", "posted date", "timestamp", "serviced", "last serviced", "last done", "installed", "completed"),
)
DATES = (
    *(*_DATES, "datum", "tag", "wann", "gekauft am", "erledigt am", "bezahlt am", "quand", "cuándo", "quando"),
    *("rechnungsdatum", "buchungstag", "jour", "fecha", "fecha de factura", "día", "giorno", "data fattura", "dag"),
    *("factuurdatum", "wanneer", "data", "kaufdatum", "buchungsdatum", "belegdatum"),
)
"""Those that say when; and whatever begins with 'date', or ends with it and looks back."""
_TELLING = (
    *("title", "description", "what", "work", "work done", "service", "item", "task", "subject", "job", "product"),
    *("what was done", "what we did", "what happened", "for what", "what for", "purchase", "repair done", "action"),
    *("details", "note", "notes", "text", "comment", "comments", "memo", "event", "problem", "repair", "issue"),
    *("remark", "remarks", "maintenance", "purpose", "reason", "activity", "appliance", "device", "equipment"),
)
TELLING = (
    *(*_TELLING, "bezeichnung", "beschreibung", "arbeit"),
    *("leistung", "artikel", "betreff", "was", "wofür", "was gemacht wurde", "tätigkeit", "ausgeführte arbeiten"),
    *("verwendungszweck", "zweck", "bemerkung", "bemerkungen", "notiz", "désignation", "description des travaux"),
    *("travaux", "prestation", "libellé", "quoi", "pour quoi", "motif", "intervention"),
    *("objet", "remarque", "remarques", "concepto", "descripción", "trabajo", "artículo", "observaciones", "notas"),
    *("qué", "para qué", "motivo", "reparación", "cosa", "causale", "intervento", "wat", "waarvoor", "werkzaamheden"),
    *("descrizione", "lavoro", "articolo", "oggetto", "osservazioni", "omschrijving", "werk", "opmerking"),
    *("opmerkingen", "onderwerp", "gerät", "appareil", "aparato", "apparecchio", "apparaat"),
)
"""Those that say what happened, the best title first."""
_PAID = (
    *("vendor", "company", "contractor", "payee", "merchant", "store", "shop", "supplier", "provider", "who"),
    *("paid to", "seller", "sold by", "dealer", "retailer", "business", "firm", "done by", "work by", "serviced by"),
    *("service by", "installed by", "performed by", "by", "by whom", "who came", "who did it", "bought from"),
    *("bought at", "purchased from", "purchased at", "from whom", "from", "tradesman", "handyman", "garage"),
)
PAID = (
    *(*_PAID, "firma", "lieferant", "händler", "handwerker", "betrieb", "geschäft", "laden", "verkäufer"),
    *("werkstatt", "bei"),
    *("wer", "von", "bezahlt an", "an wen", "zahlungsempfänger", "entreprise", "fournisseur", "magasin", "artisan"),
    *("vendeur", "société", "qui", "payé à", "proveedor", "empresa", "tienda", "vendedor", "quién", "pagado a"),
    *("fornitore", "ditta", "negozio", "venditore", "impresa", "chi", "pagato a", "leverancier", "bedrijf", "winkel"),
    *("verkoper", "aannemer", "wie", "betaald aan"),
)
"""Those that say who was paid."""
_WHO = ("person", "name", "technician", "contact")
WHO = (*PAID, *_WHO)
"""Those that say who it was."""
_COST = ("cost", "price", "amount", "total", "paid", "sum", "charge", "usd", "eur")
COST = (
    *(*_COST, "betrag", "preis", "kosten", "summe"),
    *("montant", "prix", "coût", "importe", "precio", "coste", "importo", "prezzo", "costo", "bedrag", "prijs"),
)
"""Those that say what it cost."""
_FILED = ("category", "area", "room", "system", "type", "kind")
FILED = (*_FILED, "kategorie", "catégorie", "categoría", "categoria", "categorie")
"""Those that say where it belongs."""
_SUMS = frozenset(
    ("total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "zwischensumme", "somme")
) | frozenset(("total général", "sous total", "suma", "totale", "totaal", "subtotaal", "saldo", "balance"))
"""What stands before a sum below the rows."""
_ENGLISH = frozenset((*_DATES, *_TELLING, *_PAID, *_WHO, *_COST, *_FILED, "tag", "data"))
"""Those that say nothing of another language."""
_AHEAD = re.compile(
    r"\b(?:due|expir\w*|warrant\w*|guarant\w*|valid|until|next|renew\w*|end|start|updated|modified|birth)\b"
)
_NAMES = frozenset((*DATES, *TELLING, *WHO, *COST, *FILED))


def bare(name: str) -> str:
    """Return a column's name as it is looked up: without case, marks, and what stands in brackets behind it."""
    return re.sub(r"\s*[(\[].*|[^\w\s]", "", name.replace("_", " ")).strip().casefold()


def dates(name: str) -> bool:
    """Whether a column says when."""
    name = bare(name)
    return name in DATES or ((name.startswith("date ") or name.endswith(" date")) and not ahead(name))


def ahead(name: str) -> bool:
    """Whether a column says when something will be, or is told of the list itself."""
    return bool(_AHEAD.search(bare(name)))


def known(name: str) -> bool:
    """Whether this is what people call a column."""
    return bare(name) in _NAMES or dates(name)


def of_the_mainland(name: str) -> bool:
    """Whether this is what people of Europe's mainland call a column, and not those who write English."""
    return bare(name) in _NAMES - _ENGLISH


def sums(cell: str) -> bool:
    """Whether a cell says that a sum stands beside it."""
    return bare(cell) in _SUMS
