"""What people call the columns of their lists, in six languages, without case and marks; reading them is `tables`'."""

from __future__ import annotations

import re

DATES = (
    *("date", "day", "when", "datum", "service date", "purchase date", "invoice date", "paid on", "visit date"),
    *("order date", "transaction date", "posting date", "job date", "bought", "purchased", "done on", "bought on"),
    *("purchased on", "tag", "wann", "gekauft am", "erledigt am", "bezahlt am", "quand", "cuándo", "quando", "wanneer"),
    *("rechnungsdatum", "buchungstag", "jour", "fecha", "fecha de factura", "día", "giorno", "data fattura", "dag"),
    "factuurdatum",
)
"""Those that say when; and whatever begins with 'date'."""
TELLING = (
    *("title", "description", "what", "work", "work done", "service", "item", "task", "subject", "job", "product"),
    *("what was done", "what we did", "what happened", "for what", "what for", "purchase", "repair done", "action"),
    *("details", "note", "notes", "text", "comment", "comments", "memo", "event", "problem", "repair", "issue"),
    *("remark", "remarks", "maintenance", "purpose", "reason", "activity", "bezeichnung", "beschreibung", "arbeit"),
    *("leistung", "artikel", "betreff", "was", "wofür", "was gemacht wurde", "tätigkeit", "ausgeführte arbeiten"),
    *("verwendungszweck", "zweck", "bemerkung", "bemerkungen", "notiz", "désignation", "description des travaux"),
    *("travaux", "prestation", "libellé", "quoi", "pour quoi", "motif", "intervention"),
    *("objet", "remarque", "remarques", "concepto", "descripción", "trabajo", "artículo", "observaciones", "notas"),
    *("qué", "para qué", "motivo", "reparación", "cosa", "causale", "intervento", "wat", "waarvoor", "werkzaamheden"),
    *("descrizione", "lavoro", "articolo", "oggetto", "osservazioni", "omschrijving", "werk", "opmerking"),
    *("opmerkingen", "onderwerp"),
)
"""Those that say what happened, the best title first."""
PAID = (
    *("vendor", "company", "contractor", "payee", "merchant", "store", "shop", "supplier", "provider", "who"),
    *("paid to", "seller", "sold by", "dealer", "retailer", "business", "firm", "done by", "work by", "serviced by"),
    *("service by", "installed by", "performed by", "by", "by whom", "who came", "who did it", "bought from"),
    *("bought at", "purchased from", "purchased at", "from whom", "from", "tradesman", "handyman", "garage"),
    *("firma", "lieferant", "händler", "handwerker", "betrieb", "geschäft", "laden", "verkäufer", "werkstatt", "bei"),
    *("wer", "von", "bezahlt an", "an wen", "zahlungsempfänger", "entreprise", "fournisseur", "magasin", "artisan"),
    *("vendeur", "société", "qui", "payé à", "proveedor", "empresa", "tienda", "vendedor", "quién", "pagado a"),
    *("fornitore", "ditta", "negozio", "venditore", "impresa", "chi", "pagato a", "leverancier", "bedrijf", "winkel"),
    *("verkoper", "aannemer", "wie", "betaald aan"),
)
"""Those that say who was paid."""
WHO = (*PAID, "person", "name", "technician", "contact")
"""Those that say who it was."""
COST = (
    *("cost", "price", "amount", "total", "paid", "sum", "charge", "usd", "eur", "betrag", "preis", "kosten", "summe"),
    *("montant", "prix", "coût", "importe", "precio", "coste", "importo", "prezzo", "costo", "bedrag", "prijs"),
)
"""Those that say what it cost."""
FILED = (
    *("category", "area", "room", "system", "type", "kind"),
    *("kategorie", "catégorie", "categoría", "categoria", "categorie"),
)
"""Those that say where it belongs."""
_NAMES = frozenset((*DATES, *TELLING, *WHO, *COST, *FILED))


def bare(name: str) -> str:
    """Return a column's name as it is looked up: without case, marks, and what stands in brackets behind it."""
    return re.sub(r"\s*[(\[].*|[^\w\s]", "", name.replace("_", " ")).strip().casefold()


def dates(name: str) -> bool:
    """Whether a column says when."""
    return bare(name) in DATES or bare(name).startswith("date ")


def known(name: str) -> bool:
    """Whether this is what people call a column."""
    return bare(name) in _NAMES or dates(name)
