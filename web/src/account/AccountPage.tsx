import { TagsInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Facts } from "../components/Facts";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { keepFlags, readFlags } from "../form/flags";
import { entityPath } from "../format/entity";
import { en } from "../i18n/en";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import classes from "./Account.module.css";
import { Tokens } from "./Tokens";

/** AccountPage is who one is, what one may do, and the tokens that act in one's name. */
export default function AccountPage() {
  const { t } = useWords();
  const me = useMe();
  return (
    <>
      <PageHead title={t("account.title")} lead={me.name} />
      <section className={page.section} aria-labelledby="who">
        <h2 id="who">{t("account.who")}</h2>
        <Facts
          facts={[
            { key: "email", label: t("account.email"), value: me.email },
            { key: "ref", label: t("account.ref"), value: <Link to={entityPath(me.ref)} className={classes.link}>{me.ref}</Link> },
            { key: "groups", label: t("account.groups"), value: me.groups.length === 0 ? t("account.noGroups") : me.groups.join(", ") },
            { key: "role", label: t("account.role"), value: `${t(`role.${me.role}`)}. ${t(`roleText.${me.role}`)}` },
          ]}
        />
      </section>
      <section className={page.section} aria-labelledby="may">
        <h2 id="may">{t("account.may")}</h2>
        <ul className={classes.may}>
          {me.permissions.map((permission) => (
            <li key={permission}>
              <Permission name={permission} />
            </li>
          ))}
        </ul>
        {me.role === "developer" && <p className={classes.note}>{t("account.mayText")}</p>}
      </section>
      {me.permissions.includes("tokens.manage") && <Tokens />}
      <Flags />
    </>
  );
}

/** A permission that has no words here yet is shown by its name. */
function Permission({ name }: { name: string }) {
  const { t } = useWords();
  const key = `permission.${name}`;
  return key in en ? t(key as Key) : <code>{name}</code>;
}

function Flags() {
  const { t } = useWords();
  const [flags, setFlags] = useState(() => [...readFlags()]);
  return (
    <section className={page.section} aria-labelledby="flags">
      <h2 id="flags">{t("flags.title")}</h2>
      <TagsInput
        maw={440}
        aria-labelledby="flags"
        description={t("flags.text")}
        value={flags}
        onChange={(chosen) => {
          setFlags(chosen);
          keepFlags(chosen);
        }}
      />
    </section>
  );
}
