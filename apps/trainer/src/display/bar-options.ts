/** Options of every live display: lines of text that are redrawn, and cleared at the end. */
export const BAR_OPTIONS = {
  format: "{text}",
  hideCursor: true,
  clearOnComplete: true,
  // Ctrl-C is handled by the command.
  gracefulExit: false,
  autopadding: false,
  linewrap: false,
  fps: 8,
};
