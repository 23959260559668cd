// Commit messages: type(scope): imperative verb and object. Lines of a body have no limit.
export default {
  extends: ["@commitlint/config-conventional"],
  rules: {
    "header-max-length": [2, "always", 60],
    "body-leading-blank": [2, "always"],
    "body-max-line-length": [0],
    "footer-max-line-length": [0],
  },
};
