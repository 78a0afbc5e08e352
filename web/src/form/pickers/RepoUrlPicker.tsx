import { Input, Select, TextInput } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { useEffect, useState } from "react";
import { useWords } from "../../i18n/I18n";
import { formatRepoUrl, parseRepoUrl, type RepoUrl } from "../repoUrl";
import { asText, useFieldProps } from "../useFieldProps";
import classes from "../Form.module.css";

/** Forge is where repositories come to be when a template does not say. */
export type Forge = { host: string; owner: string };

/** RepoUrlPicker is host, owner and name of a repository that will be. */
export function RepoUrlPicker(props: WidgetProps) {
  const { t } = useWords();
  const { id, label, description, error, disabled, readOnly } = useFieldProps(props);
  const context = props.registry.formContext as { forge?: Forge };
  const allowed = listsOf(props.options, context.forge);
  const [parts, setParts] = useState(() => withDefaults(parseRepoUrl(props.value), allowed, context.forge));
  const { onChange } = props;
  const value = asText(props.value);
  useEffect(() => {
    const text = formatRepoUrl(parts);
    if (text !== undefined && text !== value) onChange(text);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the parts lead, the value follows
  }, [parts]);
  const change = (part: Partial<RepoUrl>) => setParts((before) => ({ ...before, ...part }));
  const fixed = disabled || readOnly;
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" id={id}>
      <div className={classes.parts}>
        {allowed.hosts.length > 1 ? (
          <Select label={t("form.repoHost")} data={allowed.hosts} value={parts.host} allowDeselect={false} disabled={fixed} onChange={(host) => change({ host: host ?? "" })} />
        ) : (
          <TextInput label={t("form.repoHost")} value={parts.host} readOnly={allowed.hosts.length === 1} disabled={fixed} onChange={(event) => change({ host: event.currentTarget.value.trim() })} />
        )}
        <Part label={t("form.repoOwner")} values={allowed.owners} value={parts.owner} disabled={fixed} onChange={(owner) => change({ owner })} />
        <Part label={t("form.repoName")} values={allowed.repos} value={parts.repo} disabled={fixed} onChange={(repo) => change({ repo })} />
      </div>
    </Input.Wrapper>
  );
}

type PartProps = { label: string; values: readonly string[]; value: string; disabled: boolean; onChange: (value: string) => void };

/** A part is free to type, unless the template names what is allowed. */
function Part({ label, values, value, disabled, onChange }: PartProps) {
  if (values.length > 0) return <Select label={label} data={values} value={value === "" ? null : value} allowDeselect={false} disabled={disabled} onChange={(chosen) => onChange(chosen ?? "")} />;
  return <TextInput label={label} value={value} disabled={disabled} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => onChange(event.currentTarget.value.trim())} />;
}

function listsOf(options: Record<string, unknown>, forge: Forge | undefined) {
  const list = (key: string) => (Array.isArray(options[key]) ? (options[key] as unknown[]).filter((each): each is string => typeof each === "string") : []);
  const hosts = list("allowedHosts");
  return { hosts: hosts.length === 0 && forge ? [forge.host] : hosts, owners: list("allowedOwners"), repos: list("allowedRepos") };
}

function withDefaults(parts: RepoUrl, allowed: ReturnType<typeof listsOf>, forge: Forge | undefined): RepoUrl {
  return {
    host: parts.host || (allowed.hosts[0] ?? ""),
    owner: parts.owner || (allowed.owners.length > 0 ? (allowed.owners.length === 1 ? (allowed.owners[0] ?? "") : "") : (forge?.owner ?? "")),
    repo: parts.repo || (allowed.repos.length === 1 ? (allowed.repos[0] ?? "") : ""),
  };
}
