import { parseRef, shortRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import classes from "./Catalog.module.css";
import { placed, type Placed, type Related } from "./relations";

const width = 900;
const box = { width: 230, height: 44, gap: 14 };
const most = 6;

/** RelationGraph draws an entity between what leads to it and what it leads to; the list beside says the same. */
export function RelationGraph({ name, related }: { name: string; related: readonly Related[] }) {
  const { t } = useWords();
  const { nodes, left, right } = placed(related, most);
  if (nodes.length < 2) return null;
  const rows = Math.max(left, right);
  const height = rows * (box.height + box.gap) + box.gap;
  const middle = height / 2;
  const y = ({ side, row }: Placed) => middle + (row - ((side === "left" ? left : right) - 1) / 2) * (box.height + box.gap);
  const x = ({ side }: Placed) => (side === "left" ? 0 : width - box.width);
  return (
    <div className={classes.graph}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("entity.graph", { name })}>
        {nodes.map((node) => (
          <path key={`${node.type}-${node.ref}`} className={classes.edge} d={edge(node, x(node), y(node), middle)} />
        ))}
        {nodes.map((node) => (
          <Box key={`${node.type}-${node.ref}`} x={x(node)} y={y(node)} title={shortRef(node.ref)} below={`${labelOf(node.type, related, t)} · ${parseRef(node.ref).kind}`} />
        ))}
        <Box x={(width - box.width) / 2} y={middle} title={name} centre />
      </svg>
    </div>
  );
}

function labelOf(type: string, related: readonly Related[], t: ReturnType<typeof useWords>["t"]): string {
  const known = related.find((each) => each.type === type)?.known;
  return known ? t(`relation.${known}`) : type;
}

function edge({ side }: Placed, x: number, y: number, middle: number): string {
  const [from, to] = side === "left" ? [x + box.width, (width - box.width) / 2] : [(width + box.width) / 2, x];
  const [y1, y2] = side === "left" ? [y, middle] : [middle, y];
  const half = (from + to) / 2;
  return `M${from} ${y1}C${half} ${y1} ${half} ${y2} ${to} ${y2}`;
}

function Box({ x, y, title, below, centre = false }: { x: number; y: number; title: string; below?: string; centre?: boolean }) {
  return (
    <g className={centre ? classes.centre : classes.node}>
      <rect x={x + 1} y={y - box.height / 2} width={box.width - 2} height={box.height} rx="8" />
      <text x={x + 14} y={below ? y - 3 : y + 5}>
        {cut(title, 26)}
      </text>
      {below && (
        <text className={classes.below} x={x + 14} y={y + 14}>
          {cut(below, 34)}
        </text>
      )}
    </g>
  );
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
