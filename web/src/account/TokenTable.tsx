import { Button } from "@mantine/core";
import type { Token } from "../api/types";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";

const columns: readonly Column[] = ["token.name", "token.whose", "account.role", "token.used", "token.expires", { words: "token.revoke", hidden: true }];

type Props = { tokens: readonly Token[]; onRevoke: (token: Token) => void };

/** TokenTable is the tokens without their values. */
export function TokenTable({ tokens, onRevoke }: Props) {
  const { t } = useWords();
  return (
    <Table columns={columns}>
      {tokens.map((token) => (
        <tr key={token.id}>
          <td>
            <span className={table.name} title={token.name}>
              {token.name}
            </span>
          </td>
          <td className={table.quiet}>{t(`token.${token.kind}`)}</td>
          <td className={table.quiet}>{t(`role.${token.role}`)}</td>
          <td className={table.quiet}>{token.lastUsedAt ? <When at={token.lastUsedAt} /> : t("token.never")}</td>
          <td className={table.quiet}>
            <When at={token.expiresAt} />
          </td>
          <td>
            <Button variant="subtle" color="gray" size="compact-sm" c="var(--bad)" aria-label={`${t("token.revoke")}: ${token.name}`} onClick={() => onRevoke(token)}>
              {t("token.revoke")}
            </Button>
          </td>
        </tr>
      ))}
    </Table>
  );
}
