namespace Fleet.Controller.Backups;

/// <summary>A file is no backup, or a damaged one. The message says what is wrong with it, to be read after the file's name.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
