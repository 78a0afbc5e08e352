import { Button } from "@mantine/core";
import type { Token } from "../api/types";
import page from "../components/Page.module.css";
import { When } from "../components/When";
import { useWords } from "../i18n/I18n";
import home from "../pages/Home.module.css";

type Props = { tokens: readonly Token[]; onRevoke: (token: Token) => void };

/** TokenTable is the tokens without their values. */
export function TokenTable({ tokens, onRevoke }: Props) {
  const { t } = useWords();
  return (
    <div className={page.tableWrap}>
      <table className={`${page.table ?? ""} ${home.table ?? ""}`}>
        <thead>
          <tr>
            <th scope="col">{t("token.name")}</th>
            <th scope="col">{t("token.whose")}</th>
            <th scope="col">{t("account.role")}</th>
            <th scope="col">{t("token.used")}</th>
            <th scope="col">{t("token.expires")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("token.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td>
                <span className={home.name} title={token.name}>
                  {token.name}
                </span>
              </td>
              <td className={home.quiet}>{t(`token.${token.kind}`)}</td>
              <td className={home.quiet}>{t(`role.${token.role}`)}</td>
              <td className={home.quiet}>{token.lastUsedAt ? <When at={token.lastUsedAt} /> : t("token.never")}</td>
              <td className={home.quiet}>
                <When at={token.expiresAt} />
              </td>
              <td>
                <Button variant="subtle" color="gray" size="compact-sm" c="var(--bad)" aria-label={`${t("token.revoke")}: ${token.name}`} onClick={() => onRevoke(token)}>
                  {t("token.revoke")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
