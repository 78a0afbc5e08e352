import { Anchor } from "@mantine/core";
import { blocksOf, type Block, type Span } from "../format/markdown";
import classes from "./Markdown.module.css";

/** Markdown shows a text that a template's author wrote; markup within it stays text. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.text}>
      {blocksOf(text).map((block, i) => (
        <Part key={i} block={block} />
      ))}
    </div>
  );
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case "code":
      return <pre tabIndex={0}>{block.text}</pre>;
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((spans, i) => (
            <li key={i}>
              <Spans spans={spans} />
            </li>
          ))}
        </List>
      );
    }
    case "heading":
      return (
        <h4>
          <Spans spans={block.spans} />
        </h4>
      );
    case "quote":
      return (
        <blockquote>
          <Spans spans={block.spans} />
        </blockquote>
      );
    case "paragraph":
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
  }
}

function Spans({ spans }: { spans: readonly Span[] }) {
  return spans.map((span, i) => <One key={i} span={span} />);
}

function One({ span }: { span: Span }) {
  switch (span.kind) {
    case "code":
      return <code>{span.text}</code>;
    case "strong":
      return <strong>{span.text}</strong>;
    case "em":
      return <em>{span.text}</em>;
    case "link":
      return (
        <Anchor href={span.href} target={span.href.startsWith("/") || span.href.startsWith("#") ? undefined : "_blank"} rel="noreferrer" inherit underline="always">
          {span.text}
        </Anchor>
      );
    case "text":
      return span.text;
  }
}
