// Links between pages, and to files and headings. Nothing is asked of other hosts.
import remarkGfm from "remark-gfm";
import remarkValidateLinks from "remark-validate-links";

export default {plugins: [remarkGfm, [remarkValidateLinks, {repository: false}]]};
