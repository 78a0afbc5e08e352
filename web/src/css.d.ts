import "react";

declare module "react" {
  interface CSSProperties {
    "--line-ground"?: string;
    "--share"?: string;
    "--depth"?: number;
  }
}
