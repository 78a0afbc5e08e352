import { Link } from "react-router";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";
import classes from "./Resources.module.css";
import { StateMark } from "./StateMark";
import type { Node } from "./tree";

const columns: readonly Column[] = ["resources.name", "resources.sync", "resources.health", "resources.said", "resources.since"];

type Props = { app: string; nodes: readonly Node[] };

/** ResourceTable is the tree of resources, each row below what made it. */
export function ResourceTable({ app, nodes }: Props) {
  return (
    <Table columns={columns}>
      <Rows app={app} nodes={nodes} depth={0} />
    </Table>
  );
}

function Rows({ app, nodes, depth }: Props & { depth: number }) {
  return nodes.map((node) => [<Row key={node.id} app={app} node={node} depth={depth} />, <Rows key={`${node.id} below`} app={app} nodes={node.children} depth={depth + 1} />]);
}

function Row({ app, node: { resource }, depth }: { app: string; node: Node; depth: number }) {
  const { t, saying } = useWords();
  return (
    <tr>
      <td>
        <span className={classes.resource} data-below={depth > 0} style={{ "--depth": depth }}>
          <span className={classes.kind}>{resource.kind}</span>
          {resource.kind === "Pod" ? (
            <Link to={`/apps/${app}/logs`} className={classes.name} title={resource.name}>
              {resource.name}
            </Link>
          ) : (
            <span className={classes.name} title={resource.name}>
              {resource.name}
            </span>
          )}
        </span>
      </td>
      <td>{resource.sync ? <StateMark state={resource.sync} /> : <span className={table.sub}>{t("resources.made")}</span>}</td>
      <td>{resource.health && <StateMark state={resource.health} />}</td>
      <td className={table.wide}>{resource.message && saying(resource.message)}</td>
      <td className={table.quiet}>{resource.createdAt && <When at={resource.createdAt} />}</td>
    </tr>
  );
}
