import type { App } from "../api/types";
import { CopyText } from "../components/CopyText";
import { Facts, type Fact } from "../components/Facts";
import { OutLink } from "../components/OutLink";
import { When } from "../components/When";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";

/** AppFacts is what an application is made of and whose it is. */
export function AppFacts({ app }: { app: App }) {
  const { t } = useWords();
  const copy = (key: string, label: string, text: string): Fact => ({ key, label, value: <CopyText text={text} what={label} /> });
  const facts: Fact[] = [
    { key: "owner", label: t("app.owner"), value: app.owner ? entityName(app.owner) : "–" },
    { key: "public", label: t("settings.public"), value: app.public ? t("settings.publicYes", { host: app.host }) : t("settings.publicNo") },
    { key: "repository", label: t("app.repository"), value: <OutLink href={app.repository}>{app.repositoryName}</OutLink> },
    copy("clone", t("settings.clone"), `${app.repository}.git`),
    copy("namespace", t("app.namespace"), app.namespace),
  ];
  const image = imageOf(app.delivery?.image);
  if (image) facts.push(copy("image", t("settings.registry"), image));
  if (app.template) facts.push({ key: "template", label: t("settings.template"), value: entityName(app.template) });
  if (app.createdBy) facts.push({ key: "createdBy", label: t("app.createdBy"), value: entityName(app.createdBy) });
  facts.push({ key: "createdAt", label: t("app.created"), value: <When at={app.createdAt} /> });
  return <Facts facts={facts} />;
}

/** imageOf is an image's repository, without the tag and the digest of one build. */
function imageOf(reference: string | undefined): string | undefined {
  return reference?.replace(/@sha256:[0-9a-f]+$/, "").replace(/:[^:/]+$/, "");
}
