namespace Fleet.LogSearch.Scans;

/// <summary>A file was cut or replaced while it was being read: nothing of that step counts, and the next one will find out what happened.</summary>
public sealed class LogMovedException(string message) : IOException(message);
