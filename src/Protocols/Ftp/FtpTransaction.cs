using Sensor.Primitives;

namespace Sensor.Protocols.Ftp;

/// <summary>How far a command has come. As in the reference engine the request is complete only with its reply, because the reply says what the command asked for (PASV).</summary>
internal static class FtpProgress
{
    public const int Started = 0, Command = 1, Complete = 2;
}

/// <summary>How a data connection will be opened.</summary>
public enum FtpMode : byte { None, Active, Passive }

/// <summary>One command with its replies; the server's greeting is one without a command.</summary>
public sealed class FtpTransaction : Transaction
{
    /// <summary>Bytes kept of a command and its replies, and reply lines kept; later ones are not (<see cref="RepliesCut"/>).</summary>
    private const int TextLimit = 64 * 1024, MostReplies = 256;

    internal FtpTransaction(ByteSlab slab)
    {
        Text = new TextStore(slab, TextLimit);
        Replies = new TextList(Text, slab, MostReplies);
        Codes = new TextList(Text, slab, MostReplies);
    }

    internal TextStore Text { get; }

    /// <summary>In upper case.</summary>
    internal TextRange Word;

    internal TextRange Argument;

    internal FtpCommand Command;

    /// <summary>False for the server's greeting.</summary>
    public bool HasCommand => !Word.IsEmpty;

    internal TextList Replies { get; }

    internal TextList Codes { get; }

    /// <summary>Port of the data connection this command or its reply names, 0 for none.</summary>
    public int DynamicPort;

    public FtpMode Mode;

    /// <summary>The client names an address that is not its own (FTP bounce, CVE-1999-0017).</summary>
    public bool IsBounce;

    public bool CommandCut, RepliesCut, ReplyReceived;

    internal void Raise(FtpEvent what) => Events.Add((int)what);

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        Replies.Release();
        Codes.Release();
        Word = Argument = default;
        Command = FtpCommand.Other;
        DynamicPort = 0;
        Mode = FtpMode.None;
        IsBounce = CommandCut = RepliesCut = ReplyReceived = false;
    }
}
