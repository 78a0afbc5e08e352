import { CopyText } from "../components/CopyText";
import { Facts } from "../components/Facts";
import { OutLink } from "../components/OutLink";
import type { Phase } from "../api/types";
import { useWords } from "../i18n/I18n";
import { pieces, type Piece } from "./evidence";

/** EvidenceList is what was read back from outside for a phase. */
export function EvidenceList({ phase }: { phase: Phase }) {
  const { t, lang } = useWords();
  const rows = pieces(phase.evidence, lang);
  if (rows.length === 0) {
    return null;
  }
  return (
    <section aria-label={t("station.evidence")}>
      <Facts facts={rows.map((row) => ({ key: row.key, label: row.label ? t(row.label) : row.key, value: <Value piece={row} label={row.label ? t(row.label) : row.key} /> }))} />
    </section>
  );
}

function Value({ piece, label }: { piece: Piece; label: string }) {
  switch (piece.kind) {
    case "link":
      return <OutLink href={piece.whole}>{piece.shown}</OutLink>;
    case "copy":
      return <CopyText text={piece.whole} shown={piece.shown} what={label} />;
    case "plain":
      return piece.shown;
  }
}
