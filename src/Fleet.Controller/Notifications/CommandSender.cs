using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Runs a command on the controller's host, the message as JSON on its standard input.</summary>
internal sealed class CommandSender(TimeProvider time) : IChannelSender
{
    private const int LongestComplaint = 500;
    private const int BufferCharacters = 4096;

    // Nothing else of the controller's environment is the command's business: it may hold secrets of the service.
    private static readonly string[] s_passedOn = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ"];

    // Something that the command left behind may hold its output open for ever.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Command;

    // Such a program writes to a file or sends by a modem: nobody promised it that it may run twice at once.
    /// <inheritdoc/>
    public bool IsConcurrent => false;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(channel.Command.Words[0])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        foreach (var word in channel.Command.Words.Skip(1))
            start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Except(s_passedOn).ToList())
            start.Environment.Remove(name);
        using var process = Start(start);
        try
        {
            var complaint = BeginningAsync(process.StandardError, cancellationToken);
            var chatter = BeginningAsync(process.StandardOutput, cancellationToken);
            await TellAsync(process, notification, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
                return;
            var said = await SaidAsync(complaint, cancellationToken);
            if (said.Length == 0)
                said = await SaidAsync(chatter, cancellationToken);
            throw new DeliveryException($"exit code {process.ExitCode}: {said.ReplaceLineEndings(" ")}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Reads all that it says, so that it is never held up, and keeps the beginning: it may say very much.</summary>
    private static async Task<string> BeginningAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[BufferCharacters];
        try
        {
            while (await output.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                kept.Append(buffer, 0, Math.Min(read, LongestComplaint - kept.Length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is over, and what was read by then is enough.
        }

        return kept.ToString().Trim();
    }

    private async Task<string> SaidAsync(Task<string> output, CancellationToken cancellationToken)
    {
        try
        {
            return await output.WaitAsync(s_lastWords, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return "";
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

    private static async Task TellAsync(Process process, Notification notification, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(notification.Json(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input; its exit code tells whether that is well.
        }
    }
}
