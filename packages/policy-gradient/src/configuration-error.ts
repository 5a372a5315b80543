/** A configuration that contradicts the environment or itself. One line; `path` is the key to change. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
  }
}
