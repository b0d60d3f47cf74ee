using System.ComponentModel;
using System.Diagnostics;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Runs a command on the controller's host, the message as JSON on its standard input.</summary>
internal sealed class CommandSender : IChannelSender
{
    private const int LongestComplaint = 500;

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Command;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notice notice, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(channel.Command.Words[0])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        foreach (var word in channel.Command.Words.Skip(1))
            start.ArgumentList.Add(word);
        using var process = Start(start);
        try
        {
            var complaint = process.StandardError.ReadToEndAsync(cancellationToken);
            var chatter = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await TellAsync(process, notice, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
                return;
            var said = (await complaint).Trim();
            if (said.Length == 0)
                said = (await chatter).Trim();
            said = said.Length > LongestComplaint ? said[..LongestComplaint] : said;
            throw new DeliveryException($"exit code {process.ExitCode}: {said.ReplaceLineEndings(" ")}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new DeliveryException($"{start.FileName}: {e.Message}", e);
        }
    }

    private static async Task TellAsync(Process process, Notice notice, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(notice.Json(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input; its exit code tells whether that is well.
        }
    }
}
