namespace Fleet.Controller.Dispatch;

/// <summary>The controller is shutting down and takes nothing more in.</summary>
internal sealed class DispatchStoppedException() : Exception("the controller is shutting down");
