import { encoded } from "./base64";

/** Directory is a template's files, as a dry run takes them. */
export type Directory = readonly { path: string; base64Content: string }[];

const text = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: greeting
  title: A greeting
  description: Writes a greeting into a file.
  tags: [example]
spec:
  type: service
  parameters:
    - title: Whom to greet
      required: [name]
      properties:
        name:
          title: Name
          type: string
          pattern: "^[a-z](-?[a-z0-9])*$"
          ui:autofocus: true
          ui:help: Small letters, digits and single dashes.
        loud:
          title: Loud
          type: boolean
          default: false
  steps:
    - id: fetch
      name: Fetch the skeleton
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: \${{ parameters.name }}
          loud: \${{ parameters.loud }}
    - id: tell
      name: Tell what was made
      action: debug:log
      input:
        message: A greeting for \${{ parameters.name }}
  output:
    text:
      - title: What now
        content: Greet **\${{ parameters.name }}**.
`;

const readme = "# Hello ${{ values.name }}{% if values.loud %} — as loud as can be{% endif %}\n";

/** example is a template to begin with. */
export const example: { text: string; directory: Directory } = { text, directory: [{ path: "skeleton/README.md", base64Content: encoded(readme) }] };
