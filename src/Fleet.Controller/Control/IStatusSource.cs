using Fleet.Protocol.V1;

namespace Fleet.Controller.Control;

/// <summary>A room that has something to say about the controller's state.</summary>
internal interface IStatusSource
{
    /// <summary>Fills in the fields that the room knows. Must not wait.</summary>
    void Describe(ControllerStatus status);
}
